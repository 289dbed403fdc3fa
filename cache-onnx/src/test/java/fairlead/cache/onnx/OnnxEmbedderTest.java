package fairlead.cache.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.judge.TextEmbedder;
import fairlead.cache.judge.TextEmbedderFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OnnxEmbedderTest {
  private static final byte[] TEXT = "why did the build fail?".getBytes(StandardCharsets.UTF_8);

  @Test
  void isFoundAsAServiceAndJudges() {
    TextEmbedderFactory factory =
        ServiceLoader.load(TextEmbedderFactory.class).findFirst().orElseThrow();
    assertThat(factory.name()).isEqualTo("onnx");
    try (TextEmbedder embedder = factory.open()) {
      float near = cosine(embedder, "How do I reset my password?", "I forgot my password");
      float far = cosine(embedder, "How do I reset my password?", "Which planet has most moons?");
      assertThat(near).isGreaterThan(far + 0.4f);
    }
  }

  @Test
  void eightCallersAtOnceGetTheirOwnAnswers() throws Exception {
    try (OnnxEmbedder embedder = OnnxEmbedderFactory.open(2, 64);
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<byte[]> texts = new ArrayList<>();
      List<float[]> alone = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        byte[] text = ("question number " + i + " ").repeat(1 + i).getBytes(StandardCharsets.UTF_8);
        texts.add(text);
        alone.add(vector(embedder, text));
      }
      CyclicBarrier together = new CyclicBarrier(8);
      List<Future<@Nullable Void>> results = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        int mine = i;
        results.add(
            callers.submit(
                () -> {
                  together.await();
                  for (int round = 0; round < 20; round++) {
                    assertThat(vector(embedder, texts.get(mine))).isEqualTo(alone.get(mine));
                  }
                  return null;
                }));
      }
      for (Future<@Nullable Void> result : results) {
        result.get();
      }
      assertThat(embedder.answered()).isEqualTo(8 + 8 * 20);
      assertThat(embedder.late() + embedder.refused() + embedder.failed()).isZero();
    }
  }

  @Test
  void whatIsNotInTimeIsNoOpinion() throws Exception {
    Gate gate = new Gate();
    try (OnnxEmbedder embedder = new OnnxEmbedder(gate, 1, 4)) {
      long start = System.nanoTime();
      assertThat(embedder.embed(TEXT, 0, TEXT.length, start + 15_000_000)).isNull();
      long waited = System.nanoTime() - start;
      assertThat(waited).isGreaterThanOrEqualTo(15_000_000);
      assertThat(embedder.late()).isEqualTo(1);
      assertThat(embedder.embed(TEXT, 0, TEXT.length, System.nanoTime() - 1)).isNull();
      assertThat(embedder.late()).isEqualTo(2);
      gate.open();
      assertThat(vector(embedder, TEXT)).isNotNull();
      assertThat(gate.runs.get()).as("the late one is not run after the fact").isEqualTo(2);
    }
  }

  @Test
  void aFullQueueRefusesAtOnce() throws Exception {
    Gate gate = new Gate();
    try (OnnxEmbedder embedder = new OnnxEmbedder(gate, 1, 3);
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<float @Nullable []>> waiting = new ArrayList<>();
      waiting.add(callers.submit(() -> ask(embedder)));
      gate.awaitRun();
      for (int i = 0; i < 3; i++) {
        waiting.add(callers.submit(() -> ask(embedder)));
      }
      while (embedder.waiting() < 3) {
        Thread.onSpinWait();
      }
      assertThat(ask(embedder)).isNull();
      assertThat(embedder.refused()).isEqualTo(1);
      gate.open();
      for (Future<float @Nullable []> one : waiting) {
        assertThat(one.get()).isNotNull();
      }
      assertThat(embedder.answered()).isEqualTo(4);
    }
  }

  @Test
  void troubleInTheModelIsNoOpinionAndDoesNotEndTheWorker() {
    AtomicBoolean broken = new AtomicBoolean(true);
    OnnxEmbedder.Model model =
        new Gate() {
          @Override
          public float[] vector(int[] ids, int count) {
            if (broken.get()) {
              throw new IllegalStateException("planted by the test");
            }
            return new float[] {1};
          }
        };
    try (OnnxEmbedder embedder = new OnnxEmbedder(model, 1, 4)) {
      assertThat(ask(embedder)).isNull();
      assertThat(ask(embedder)).isNull();
      assertThat(embedder.failed()).isEqualTo(2);
      broken.set(false);
      assertThat(ask(embedder)).containsExactly(1);
    }
  }

  @Test
  void emptyAndTooLongTextsAreNotJudged() {
    Gate gate = new Gate();
    gate.open();
    try (OnnxEmbedder embedder = new OnnxEmbedder(gate, 1, 4)) {
      assertThat(embedder.embed(TEXT, 3, 3, later())).isNull();
      byte[] most = "word ".repeat(OnnxEmbedder.MOST_TOKENS).getBytes(StandardCharsets.UTF_8);
      byte[] more = "word ".repeat(OnnxEmbedder.MOST_TOKENS + 1).getBytes(StandardCharsets.UTF_8);
      assertThat(embedder.embed(more, 0, more.length, later())).isNull();
      assertThat(embedder.refused()).isEqualTo(2);
      assertThat(embedder.embed(most, 0, most.length, later())).isNotNull();
    }
  }

  @Test
  void closingUnderLoadWakesAllCallersAndReleasesTheModelOnce() throws Exception {
    for (int round = 0; round < 20; round++) {
      Gate gate = new Gate();
      OnnxEmbedder embedder = new OnnxEmbedder(gate, 2, 64);
      try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<float @Nullable []>> results = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
          results.add(callers.submit(() -> ask(embedder)));
        }
        gate.awaitRun();
        gate.openSoon();
        embedder.close();
        int answered = 0;
        for (Future<float @Nullable []> result : results) {
          answered += result.get() == null ? 0 : 1;
        }
        assertThat(answered).isBetween(0, 8);
        assertThat(embedder.answered() + embedder.refused()).isEqualTo(8);
        assertThat(gate.closed.get()).isEqualTo(1);
        assertThat(gate.usedAfterClose.get()).isFalse();
        assertThat(ask(embedder)).isNull();
        assertThat(gate.closed.get()).isEqualTo(1);
      }
    }
  }

  @Test
  void closingTheRealModelUnderLoadEndsWell() throws Exception {
    OnnxEmbedder embedder = OnnxEmbedderFactory.open(2, 64);
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      CountDownLatch someAnswers = new CountDownLatch(16);
      AtomicBoolean stop = new AtomicBoolean();
      List<Future<@Nullable Void>> results = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        results.add(
            callers.submit(
                () -> {
                  while (!stop.get()) {
                    if (ask(embedder) == null) {
                      break;
                    }
                    someAnswers.countDown();
                  }
                  return null;
                }));
      }
      assertThat(someAnswers.await(30, TimeUnit.SECONDS)).isTrue();
      embedder.close();
      stop.set(true);
      for (Future<@Nullable Void> result : results) {
        result.get();
      }
      assertThat(ask(embedder)).isNull();
      assertThat(embedder.failed()).isZero();
    }
  }

  /** A model that holds its callers until it is opened. */
  private static class Gate implements OnnxEmbedder.Model {
    final AtomicInteger runs = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();
    final AtomicBoolean usedAfterClose = new AtomicBoolean();
    private final CountDownLatch open = new CountDownLatch(1);
    private final CountDownLatch begun = new CountDownLatch(1);

    @Override
    public float[] vector(int[] ids, int count) {
      runs.incrementAndGet();
      begun.countDown();
      try {
        open.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      if (closed.get() > 0) {
        usedAfterClose.set(true);
      }
      return new float[] {1};
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }

    void open() {
      open.countDown();
    }

    void openSoon() {
      Thread.ofVirtual().start(open::countDown);
    }

    void awaitRun() throws InterruptedException {
      begun.await();
    }
  }

  private static float @Nullable [] ask(OnnxEmbedder embedder) {
    return embedder.embed(TEXT, 0, TEXT.length, later());
  }

  private static long later() {
    return System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
  }

  private static float[] vector(TextEmbedder embedder, byte[] text) {
    return Objects.requireNonNull(embedder.embed(text, 0, text.length, later()));
  }

  private static float cosine(TextEmbedder embedder, String a, String b) {
    float[] x = vector(embedder, a.getBytes(StandardCharsets.UTF_8));
    float[] y = vector(embedder, b.getBytes(StandardCharsets.UTF_8));
    float sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }
}
