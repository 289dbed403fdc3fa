package fairlead.server.exchange;

import fairlead.providers.CallControl;
import fairlead.providers.Operation;
import fairlead.providers.UpstreamException;
import fairlead.providers.UpstreamRequest;
import fairlead.providers.UpstreamResponse;
import fairlead.providers.http.DeadlineSweeper;
import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.EmbeddingScan;
import fairlead.routing.FailureClass;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One request for one vector, on a thread of its own.
 *
 * <p>Lifecycle: 1. made, with a copy of the text, by the thread that wants the vector; 2. {@link
 * #run} by another; 3. {@link #await} by the first, which may leave before the answer is there: the
 * connection is then still good for the next one. {@link #cancel} by any thread.
 */
final class EmbeddingAsk implements Runnable {
  private static final int MAX_ANSWER_BYTES = 1 << 20;
  private static final int READ_BYTES = 16 * 1024;

  private final Thread caller = Thread.currentThread();
  private final ProviderEmbedder owner;
  private final ProviderRuntime provider;
  private final int key;
  private final ByteSink body;
  private final CallControl control;
  private final EmbeddingScan scan = new EmbeddingScan();
  private final AtomicBoolean done = new AtomicBoolean();
  private float @Nullable [] vector; // written before done, read after it
  private @Nullable FailureClass failure = FailureClass.SERVER_ERROR; // as the vector
  private String trouble = "it failed";

  /**
   * @param deadlineNanos how long it may go on, whoever waits
   */
  EmbeddingAsk(
      ProviderEmbedder owner,
      ProviderRuntime provider,
      int key,
      ByteSink body,
      DeadlineSweeper sweeper,
      long deadlineNanos) {
    this.owner = owner;
    this.provider = provider;
    this.key = key;
    this.body = body;
    control = new CallControl(sweeper);
    control.begin(deadlineNanos);
  }

  @Override
  public void run() {
    long started = System.nanoTime();
    try {
      ask();
    } catch (UpstreamException e) {
      boolean late = e.kind() == UpstreamException.Kind.CALL_TIMEOUT;
      failed(
          late ? FailureClass.TIMEOUT : Failures.classify(e.kind()),
          String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      failed(FailureClass.SERVER_ERROR, e.toString());
    } finally {
      control.close();
      owner.ended(this, started);
      done.set(true);
      LockSupport.unpark(caller);
    }
  }

  private void ask() throws UpstreamException {
    UpstreamRequest request = new UpstreamRequest();
    request.reset(Operation.EMBEDDINGS, provider.head(key, Operation.EMBEDDINGS));
    request.body().add(body.array(), 0, body.length());
    control.beginAttempt();
    UpstreamResponse response = provider.upstream().open(request, control);
    try {
      if (response.status() != 200) {
        failed(FailureClass.ofStatus(response.status()), "it answers " + response.status());
        return;
      }
      ByteSink answer = new ByteSink(READ_BYTES);
      while (true) {
        answer.reserve(READ_BYTES);
        int n = response.read(answer.array(), answer.length(), answer.room());
        if (n < 0) {
          break;
        }
        answer.advance(n);
        if (answer.length() > MAX_ANSWER_BYTES) {
          failed(
              FailureClass.SERVER_ERROR,
              "its answer is larger than " + MAX_ANSWER_BYTES + " bytes");
          return;
        }
      }
      vector = scan.scan(answer.array(), 0, answer.length());
      if (vector == null) {
        failed(FailureClass.SERVER_ERROR, "its answer has no vector");
      } else {
        failure = null;
      }
    } finally {
      response.release();
    }
  }

  private void failed(FailureClass how, String why) {
    failure = how;
    trouble = why;
  }

  /**
   * Waits for the end, at most until the deadline. An interrupt is time as well.
   *
   * @return whether it has ended
   */
  boolean await(long deadlineNanos) {
    while (!done.get()) {
      long left = deadlineNanos - System.nanoTime();
      if (left <= 0 || caller.isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(this, left);
    }
    return true;
  }

  void cancel() {
    control.cancel();
  }

  /** After its end; null after a failure. */
  float @Nullable [] vector() {
    return vector;
  }

  /** How it failed, after its end; null if it did not. */
  @Nullable FailureClass failure() {
    return failure;
  }

  /** What an operator should read of the failure. */
  String trouble() {
    return trouble;
  }

  EmbeddingScan scan() {
    return scan;
  }
}
