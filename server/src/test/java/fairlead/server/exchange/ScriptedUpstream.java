package fairlead.server.exchange;

import fairlead.providers.CallControl;
import fairlead.providers.Upstream;
import fairlead.providers.UpstreamException;
import fairlead.providers.UpstreamRequest;
import fairlead.providers.UpstreamResponse;
import fairlead.providers.http.EventLoop;
import fairlead.providers.wire.ByteSink;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A provider that answers as a test says, attempt by attempt; the last answer repeats. */
final class ScriptedUpstream implements Upstream {
  private final Deque<Answer> answers = new ArrayDeque<>();
  final List<String> bodies = new ArrayList<>();
  final List<String> heads = new ArrayList<>();
  final List<String> extraHeaders = new ArrayList<>();
  int released;

  /** One answer: a head and pieces, then the end or a failure. */
  static final class Answer {
    private final int status;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private final List<byte[]> pieces = new ArrayList<>();
    private final Map<Integer, Long> pauses = new HashMap<>();
    private UpstreamException.@Nullable Kind failure;
    private boolean failsAtOnce;

    private Answer(int status) {
      this.status = status;
    }

    static Answer json(int status, String body) {
      return new Answer(status).header("content-type", "application/json").piece(body);
    }

    static Answer stream(String... pieces) {
      Answer answer = new Answer(200).header("content-type", "text/event-stream");
      for (String piece : pieces) {
        answer.piece(piece);
      }
      return answer;
    }

    static Answer failing(UpstreamException.Kind kind) {
      Answer answer = new Answer(0);
      answer.failure = kind;
      answer.failsAtOnce = true;
      return answer;
    }

    Answer header(String name, String value) {
      headers.put(name, value);
      return this;
    }

    Answer piece(String text) {
      return piece(text.getBytes(StandardCharsets.UTF_8));
    }

    Answer piece(byte[] bytes) {
      if (bytes.length > 0) {
        pieces.add(bytes);
      }
      return this;
    }

    /** Before the next piece the provider takes so long. */
    Answer pause(long millis) {
      pauses.put(pieces.size(), TimeUnit.MILLISECONDS.toNanos(millis));
      return this;
    }

    Answer thenFails(UpstreamException.Kind kind) {
      failure = kind;
      return this;
    }
  }

  ScriptedUpstream then(Answer answer) {
    answers.add(answer);
    return this;
  }

  /** Forgets the answer that would be repeated; there is another one. */
  void drop() {
    answers.remove();
  }

  int attempts() {
    return bodies.size();
  }

  @Override
  public UpstreamResponse open(UpstreamRequest request, CallControl control)
      throws UpstreamException {
    ByteSink body = new ByteSink();
    request.body().appendTo(body);
    bodies.add(body.toString());
    heads.add(new String(request.head(), StandardCharsets.US_ASCII));
    extraHeaders.add(request.extraHeaders().toString());
    Answer answer = answers.size() > 1 ? answers.remove() : answers.element();
    if (answer.failsAtOnce && answer.failure != null) {
      throw new UpstreamException(answer.failure, "scripted " + answer.failure);
    }
    return new Response(answer);
  }

  private final class Response implements UpstreamResponse {
    private final Answer answer;
    private int piece;
    private int offset;

    /** Whether turns are taken; each second read of a turn finds nothing. */
    private boolean turning;

    private boolean found;

    Response(Answer answer) {
      this.answer = answer;
    }

    @Override
    public int status() {
      return answer.status;
    }

    @Override
    public @Nullable String header(String lowerCaseName) {
      return answer.headers.get(lowerCaseName);
    }

    @Override
    public boolean isEventStream() {
      String type = answer.headers.get("content-type");
      return type != null && type.startsWith("text/event-stream");
    }

    @Override
    public boolean turns(EventLoop loop, BooleanSupplier turn) {
      turning = true;
      CountDownLatch over = new CountDownLatch(1);
      loop.execute(
          () -> {
            while (turn.getAsBoolean()) {
              // until the relay wants its own thread to go on
            }
            over.countDown();
          });
      try {
        over.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      turning = false;
      return true;
    }

    @Override
    public int read(byte[] target, int start, int length) throws UpstreamException {
      if (turning) {
        found = !found;
        if (!found) {
          return 0;
        }
      }
      Long pause = offset == 0 ? answer.pauses.get(piece) : null;
      if (pause != null && !turning) {
        LockSupport.parkNanos(pause);
      }
      if (piece == answer.pieces.size()) {
        if (answer.failure != null) {
          throw new UpstreamException(answer.failure, "scripted " + answer.failure);
        }
        return -1;
      }
      byte[] bytes = answer.pieces.get(piece);
      int n = Math.min(length, bytes.length - offset);
      System.arraycopy(bytes, offset, target, start, n);
      offset += n;
      if (offset == bytes.length) {
        piece++;
        offset = 0;
      }
      return n;
    }

    @Override
    public void release() {
      released++;
    }
  }
}
