package fairlead.providers.dialect;

/** Why an answer ended, in the words of the chat wire. */
enum FinishReason {
  STOP("stop"),
  LENGTH("length"),
  TOOL_CALLS("tool_calls"),
  CONTENT_FILTER("content_filter");

  private final String wire;

  FinishReason(String wire) {
    this.wire = wire;
  }

  String wire() {
    return wire;
  }
}
