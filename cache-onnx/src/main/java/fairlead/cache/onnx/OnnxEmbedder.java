package fairlead.cache.onnx;

import ai.onnxruntime.OrtException;
import fairlead.cache.embed.TokenTable;
import fairlead.cache.embed.WordPiece;
import fairlead.cache.judge.TextEmbedder;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A pool of one or two platform threads that run the sentence model for whoever asks.
 *
 * <p>Thread-safe. A caller waits for its own answer, and never past its deadline; platform threads,
 * because a run of the model keeps a thread for milliseconds and a virtual one would keep its
 * carrier. The queue is bounded: a full one refuses at once.
 *
 * <ol>
 *   <li>open: callers queue up, workers take;
 *   <li>closed: callers get null, those that wait are woken, each worker ends after the run it is
 *       in;
 *   <li>released: the last worker to end gives the native memory back.
 * </ol>
 */
public final class OnnxEmbedder implements TextEmbedder {
  /** A longer text gets no opinion: one about its beginning would pass for one about all of it. */
  static final int MOST_TOKENS = 254;

  /** How often a worker without work looks whether it shall end. */
  private static final long IDLE_MILLIS = 100;

  /** How long {@link #close} waits for the runs under way; the longest takes a tenth of that. */
  private static final long CLOSE_MILLIS = 2_000;

  private final Model model;
  private final WordPiece vocabulary = TokenTable.load().vocabulary();
  private final ArrayBlockingQueue<Question> queue;
  private final Thread[] workers;
  private final AtomicInteger running;
  private final LongAdder answered = new LongAdder();
  private final LongAdder late = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private volatile boolean closed;

  /** What a worker runs; the model, or a stand-in under test. */
  interface Model extends AutoCloseable {
    float[] vector(int[] ids, int count) throws OrtException;

    @Override
    void close();
  }

  OnnxEmbedder(Model model, int threads, int queued) {
    this.model = model;
    queue = new ArrayBlockingQueue<>(queued);
    running = new AtomicInteger(threads);
    workers = new Thread[threads];
    for (int i = 0; i < threads; i++) {
      workers[i] = Thread.ofPlatform().name("cache-onnx-" + i).daemon().start(this::work);
    }
  }

  @Override
  public String name() {
    return "minilm-l6-v2-int8";
  }

  @Override
  public float @Nullable [] embed(byte[] utf8, int from, int to, long deadlineNanos) {
    // One more than is allowed tells a text that is too long.
    int[] ids = new int[MOST_TOKENS + 1];
    int count = vocabulary.encode(utf8, from, to, ids);
    if (count == 0 || count > MOST_TOKENS || closed) {
      refused.increment();
      return null;
    }
    if (deadlineNanos - System.nanoTime() <= 0) {
      late.increment();
      return null;
    }
    Question question = new Question(ids, count, deadlineNanos);
    if (!queue.offer(question)) {
      refused.increment();
      return null;
    }
    if (closed) {
      // The last worker may have gone before the question came.
      question.settle(Question.REFUSED, null);
    }
    int state = question.await();
    switch (state) {
      case Question.ANSWERED -> answered.increment();
      case Question.FAILED -> failed.increment();
      case Question.REFUSED -> refused.increment();
      default -> {
        late.increment();
        queue.remove(question);
      }
    }
    return state == Question.ANSWERED ? question.vector() : null;
  }

  /** Calls that got a vector. */
  public long answered() {
    return answered.sum();
  }

  /** Calls whose deadline came first. */
  public long late() {
    return late.sum();
  }

  /** Calls turned away: too long, nothing to read, too many waiting, closed. */
  public long refused() {
    return refused.sum();
  }

  /** Calls in which the model threw. */
  public long failed() {
    return failed.sum();
  }

  /** How many calls wait for a worker. */
  public int waiting() {
    return queue.size();
  }

  @Override
  public void close() {
    closed = true;
    for (Question q = queue.poll(); q != null; q = queue.poll()) {
      q.settle(Question.REFUSED, null);
    }
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_MILLIS);
    boolean interrupted = false;
    for (Thread worker : workers) {
      try {
        long millis = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        worker.join(Math.max(1, millis));
      } catch (InterruptedException e) {
        interrupted = true;
        break;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    try {
      while (!closed) {
        Question question = queue.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
        if (question != null && question.begin()) {
          answer(question);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (running.decrementAndGet() == 0) {
        closed = true;
        for (Question q = queue.poll(); q != null; q = queue.poll()) {
          q.settle(Question.REFUSED, null);
        }
        model.close();
      }
    }
  }

  private void answer(Question question) {
    try {
      question.settle(Question.ANSWERED, model.vector(question.ids(), question.count()));
    } catch (OrtException | RuntimeException | LinkageError | OutOfMemoryError e) {
      if (failed.sum() == 0) {
        System.getLogger(OnnxEmbedder.class.getName())
            .log(System.Logger.Level.WARNING, "the sentence model failed, first of its kind", e);
      }
      question.settle(Question.FAILED, null);
    }
  }
}
