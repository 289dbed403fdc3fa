package fairlead.server.caching;

/** What a request asks for that decides whether its answer may be remembered. */
public enum Trait {
  /** Tools or functions the model may call. */
  TOOLS,
  /** Earlier turns in which tools were called or answered. */
  TOOL_TURNS,
  /** Images, audio, files: parts of a message that are no text. */
  ATTACHMENTS,
  /** Answers that are more than text. */
  OTHER_MODALITIES,
  /** The provider looks something up at the time of the call. */
  SEARCH,
  /** More than one answer. */
  SEVERAL_ANSWERS,
  /** Probabilities of tokens. */
  LOGPROBS,
  /** The provider shall keep the answer. */
  STORE,
  /** The request goes on from state that the provider keeps. */
  PROVIDER_STATE,
  /** A seed. */
  SEED,
  /** Names the end user. */
  USER;

  /** Its place in a set. */
  public int bit() {
    return 1 << ordinal();
  }

  /** Whether it is among {@code traits}, one bit each. */
  public boolean in(int traits) {
    return (traits & bit()) != 0;
  }
}
