package fairlead.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The ways an answer of a provider can end, and whether the caller's library must take what the
 * gateway makes of it for a failure or for a whole answer.
 */
enum Ending {
  // Before anything was sent.
  PLAIN_REFUSED(false, false),
  STREAM_REFUSED(true, false),
  PLAIN_ERROR(false, false),
  PLAIN_CUT(false, false),
  PLAIN_SILENT(false, false),
  STREAM_ERROR(true, false),
  STREAM_ERROR_EVENT_FIRST(true, false),
  STREAM_SILENT(true, false),
  // After content was sent, where no rescue is wanted.
  CUT_IN_BODY(true, false),
  ENDED_WITHOUT_FINISH(true, false),
  ERROR_OBJECT(true, false),
  ERROR_OBJECT_THEN_DONE(true, false),
  ERROR_EVENT(true, false),
  ERROR_BESIDE_CHOICES(true, false),
  FINISH_REASON_ERROR(true, false),
  SILENCE(true, false),
  COMMENTS_ONLY(true, false),
  // Whole answers in unusual forms.
  PLAIN(false, true),
  STREAM(true, true),
  NO_DONE(true, true),
  CRLF(true, true),
  COMMENTS(true, true),
  ONE_BYTE_PER_WRITE(true, true),
  FIRST_CHUNK_WITHOUT_CHOICES(true, true),
  /** Cut after content, where another target goes on. */
  RESCUED(true, true);

  static final String TEXT = "one two";

  private static final String FAILURE =
      "{\"error\":{\"message\":\"overloaded\",\"type\":\"server_error\",\"code\":null}}";
  private static final String PLAIN_ANSWER =
      "{\"id\":\"c1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":"
          + "[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\""
          + TEXT
          + "\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1,"
          + "\"completion_tokens\":2,\"total_tokens\":3}}";

  private final boolean stream;
  private final boolean whole;

  Ending(boolean stream, boolean whole) {
    this.stream = stream;
    this.whole = whole;
  }

  /** Whether the caller asks for a stream. */
  boolean stream() {
    return stream;
  }

  /** Whether the caller must get the whole answer; else an error. */
  boolean whole() {
    return whole;
  }

  /** Whether there is a provider to connect to. */
  boolean listens() {
    return this != PLAIN_REFUSED && this != STREAM_REFUSED;
  }

  /** Whether the library's user sees content of a stream before the end. */
  boolean hasContent() {
    return stream && compareTo(STREAM_SILENT) > 0;
  }

  /** The name of the provider, and of the route, in configurations. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Answers in this way.
   *
   * @param callerHasContent returns when the caller has seen what was sent
   */
  void answer(ReplayUpstream.Connection out, Runnable callerHasContent) throws IOException {
    switch (this) {
      case PLAIN_ERROR, STREAM_ERROR ->
          respond(out, 500, "application/json", FAILURE, ReplayUpstream.Framing.LENGTH, 0);
      case PLAIN_CUT -> {
        out.head(200, "application/json", "Content-Length: 4000\r\n");
        out.close();
      }
      case PLAIN_SILENT, STREAM_SILENT -> out.awaitClosedByPeer();
      case PLAIN ->
          respond(out, 200, "application/json", PLAIN_ANSWER, ReplayUpstream.Framing.LENGTH, 0);
      case STREAM_ERROR_EVENT_FIRST -> {
        out.beginEvents();
        out.event(FAILURE);
        out.endChunks();
      }
      case STREAM, NO_DONE, CRLF, COMMENTS, ONE_BYTE_PER_WRITE, FIRST_CHUNK_WITHOUT_CHOICES ->
          respond(
              out,
              200,
              "text/event-stream",
              wholeStream(),
              ReplayUpstream.Framing.CHUNKED,
              this == ONE_BYTE_PER_WRITE ? 1 : 0);
      default -> {
        out.beginEvents();
        out.delta("one");
        callerHasContent.run();
        breakOff(out);
      }
    }
  }

  private void breakOff(ReplayUpstream.Connection out) throws IOException {
    switch (this) {
      case CUT_IN_BODY, RESCUED -> {
        out.close();
        return;
      }
      case SILENCE -> {
        long _ = out.awaitClosedByPeer();
        return;
      }
      case COMMENTS_ONLY -> {
        out.commentsUntilClosed();
        return;
      }
      case ERROR_OBJECT -> out.event(FAILURE);
      case ERROR_OBJECT_THEN_DONE -> {
        out.event(FAILURE);
        out.event("[DONE]");
      }
      case ERROR_EVENT -> out.chunkOf("event: error\ndata: " + FAILURE + "\n\n");
      case ERROR_BESIDE_CHOICES -> {
        String chunk = ReplayUpstream.Connection.chatChunk("{\"content\":\"\"}", "\"error\"");
        out.event(FAILURE.substring(0, FAILURE.length() - 1) + "," + chunk.substring(1));
        out.event("[DONE]");
      }
      case FINISH_REASON_ERROR -> {
        out.event(ReplayUpstream.Connection.chatChunk("{}", "\"error\""));
        out.event("[DONE]");
      }
      default -> {} // the body ends, and nothing was finished
    }
    out.endChunks();
  }

  private String wholeStream() {
    StringBuilder events = new StringBuilder();
    if (this == COMMENTS) {
      events.append(": queued\n\n");
    }
    if (this == FIRST_CHUNK_WITHOUT_CHOICES) {
      events
          .append("data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,")
          .append("\"model\":\"m\",\"choices\":[],\"prompt_filter_results\":[]}\n\n");
    }
    for (String word : new String[] {"one", " two"}) {
      String delta = "{\"content\":\"" + word + "\"}";
      events.append("data: ").append(ReplayUpstream.Connection.chatChunk(delta, "null"));
      events.append("\n\n");
      if (this == COMMENTS) {
        events.append(": keep-alive\n\n");
      }
    }
    events.append("data: ").append(ReplayUpstream.Connection.chatChunk("{}", "\"stop\""));
    events.append("\n\n");
    if (this != NO_DONE) {
      events.append("data: [DONE]\n\n");
    }
    return this == CRLF ? events.toString().replace("\n", "\r\n") : events.toString();
  }

  private static void respond(
      ReplayUpstream.Connection out,
      int status,
      String contentType,
      String body,
      ReplayUpstream.Framing framing,
      int pieceBytes)
      throws IOException {
    out.respond(status, contentType, body.getBytes(StandardCharsets.UTF_8), framing, pieceBytes);
  }
}
