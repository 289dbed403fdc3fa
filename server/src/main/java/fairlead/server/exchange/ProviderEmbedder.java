package fairlead.server.exchange;

import fairlead.cache.judge.TextEmbedder;
import fairlead.providers.Usage;
import fairlead.providers.http.DeadlineSweeper;
import fairlead.providers.wire.ByteSink;
import fairlead.routing.CircuitBreaker;
import fairlead.routing.FailureClass;
import fairlead.routing.KeyRing;
import fairlead.server.observe.Counter;
import fairlead.server.observe.GatewayMetrics;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A configured provider's embeddings as the second judge of near matches.
 *
 * <p>Thread-safe. A caller waits for its vector and never past its deadline; what it waited for
 * goes on for up to {@value #MAX_ASK_SECONDS} s, because a connection that were cut at each
 * deadline would have to be made anew each time, and be late again. At most {@link
 * #DEFAULT_CONCURRENT} ask at once; others get no opinion at once.
 *
 * <p>Its calls count as attempts and cost what they cost, but say nothing of the provider's health
 * as model calls see it, nor of its keys': its patience is a fraction of theirs, so that what is
 * late here is not slow there, and a key or an address without embeddings may serve chat well. It
 * is the other way round with keys: one that rests or is out for model calls is not tried. So that
 * a provider in trouble does not cost each call the whole patience, it has a health of its own, and
 * is left alone for a while after {@value #CONSECUTIVE_FAILURES} failures in a row.
 */
final class ProviderEmbedder implements TextEmbedder {
  private static final System.Logger LOGGER = System.getLogger("fairlead.cache");

  /** A judge that needs more at once is too slow to be one. */
  static final int DEFAULT_CONCURRENT = 8;

  private static final int MAX_ASK_SECONDS = 5;
  private static final int CONSECUTIVE_FAILURES = 5;

  private static final CircuitBreaker.Settings PATIENCE =
      new CircuitBreaker.Settings(
          CONSECUTIVE_FAILURES,
          0.5,
          20,
          TimeUnit.SECONDS.toNanos(1),
          TimeUnit.SECONDS.toNanos(60),
          0);

  private final ProviderRuntime provider;
  private final String model;
  private final String name;
  private final byte[] bodyStart;
  private final DeadlineSweeper sweeper;
  private final GatewayMetrics metrics;
  private final Counter success;
  private final Counter promptTokens;
  private final CircuitBreaker health = new CircuitBreaker(PATIENCE, System.nanoTime());
  private final Semaphore places;
  private final Set<EmbeddingAsk> underway = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  ProviderEmbedder(
      ProviderRuntime provider,
      String model,
      int concurrent,
      DeadlineSweeper sweeper,
      GatewayMetrics metrics) {
    this.provider = provider;
    this.model = model;
    this.sweeper = sweeper;
    this.metrics = metrics;
    places = new Semaphore(concurrent);
    name = nameOf(provider.name(), model);
    ByteSink start = new ByteSink();
    start.ascii("{\"model\":").jsonString(model).ascii(",\"input\":\"");
    bodyStart = start.toByteArray();
    success = metrics.attempts(provider.name(), model, "success");
    promptTokens = metrics.tokens(provider.name(), model, "prompt");
  }

  /** PROVIDER/MODEL; it is stored in lines that are split at white space. */
  private static String nameOf(String provider, String model) {
    StringBuilder text = new StringBuilder(provider).append('/');
    for (int i = 0; i < model.length(); i++) {
      char c = model.charAt(i);
      text.append(c <= ' ' ? '_' : c);
    }
    return text.toString();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public float @Nullable [] embed(byte[] utf8, int from, int to, long deadlineNanos) {
    long now = System.nanoTime();
    KeyRing keys = provider.keys();
    if (closed || from >= to || deadlineNanos - now <= 0 || !keys.anyReady(now, 0)) {
      return null;
    }
    if (!places.tryAcquire()) {
      return null;
    }
    int admission = health.admit(now);
    if (admission == CircuitBreaker.REFUSED) {
      places.release();
      return null;
    }
    long seed = ThreadLocalRandom.current().nextLong();
    ByteSink body = new ByteSink(bodyStart.length + to - from + 16);
    body.append(bodyStart).jsonEscaped(utf8, from, to - from).ascii("\"}");
    EmbeddingAsk ask =
        new EmbeddingAsk(
            this,
            provider,
            keys.choose(seed, now, 0),
            body,
            sweeper,
            Math.max(deadlineNanos, now + TimeUnit.SECONDS.toNanos(MAX_ASK_SECONDS)));
    underway.add(ask);
    if (closed) { // maybe after the cancelling of all
      ask.cancel();
    }
    Thread.ofVirtual().name("cache-judge").start(ask);
    boolean ended = ask.await(deadlineNanos);
    learn(admission, now, ended, ask, seed);
    return ended ? ask.vector() : null;
  }

  /** Tells the judge's own health what came of a wait. */
  private void learn(int admission, long started, boolean ended, EmbeddingAsk ask, long seed) {
    long now = System.nanoTime();
    FailureClass failure = ended ? ask.failure() : FailureClass.TIMEOUT;
    if (failure == null) {
      health.succeeded(admission, now);
    } else if (ofTheText(failure) || closed || Thread.currentThread().isInterrupted()) {
      health.released(admission, now);
    } else if (health.failed(admission, started, now, seed)) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          "the second judge "
              + name
              + " is left alone for a while, and near matches are misses: "
              + (ended ? ask.trouble() : "it did not answer in time"));
    }
  }

  /** Whether another text may fare better at once. */
  private static boolean ofTheText(FailureClass failure) {
    return switch (failure) {
      case BAD_PARAMETER, CONTEXT_LENGTH, TOO_LARGE, CONTENT_FILTER, REFUSED, ABANDONED -> true;
      default -> false;
    };
  }

  /** An ask has ended, whoever still waits for it; on its thread. */
  void ended(EmbeddingAsk ask, long startedNanos) {
    underway.remove(ask);
    places.release();
    provider.upstreamSeconds().record(System.nanoTime() - startedNanos);
    FailureClass failure = ask.failure();
    if (failure == null) {
      success.increment();
      Usage usage = ask.scan().usage();
      promptTokens.add(usage.promptTokens());
    } else {
      metrics.attempts(provider.name(), model, TargetRuntime.label(failure)).increment();
    }
  }

  @Override
  public void close() {
    closed = true;
    underway.forEach(EmbeddingAsk::cancel);
  }
}
