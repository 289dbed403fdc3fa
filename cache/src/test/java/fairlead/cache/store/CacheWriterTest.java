package fairlead.cache.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CacheWriterTest {
  /** Notes what it is given. */
  private static class Notes implements CacheWriter.Work<Integer> {
    final List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
    final CountDownLatch ticked = new CountDownLatch(1);

    @Override
    public void batch(List<Integer> tasks) {
      seen.addAll(tasks);
    }

    @Override
    public void tick() {
      ticked.countDown();
    }
  }

  @Test
  void flushWaitsForAllThatWasOffered() {
    Notes notes = new Notes();
    try (CacheWriter<Integer> writer = new CacheWriter<>(notes).start()) {
      for (int i = 0; i < 5_000; i++) {
        assertThat(writer.insist(i)).isTrue();
      }
      writer.flush();
      assertThat(notes.seen).hasSize(5_000).isSorted();
      assertThat(writer.waiting()).isZero();
      writer.flush();
    }
  }

  @Test
  void closingDoesWhatIsThereAndTakesNoMore() {
    Notes notes = new Notes();
    CacheWriter<Integer> writer = new CacheWriter<>(notes).start();
    for (int i = 0; i < 1_000; i++) {
      writer.offer(i);
    }
    writer.close();
    assertThat(notes.seen).hasSize(1_000);
    assertThat(writer.offer(1)).isFalse();
    assertThat(writer.insist(1)).isFalse();
    assertThat(writer.dropped()).isEqualTo(1);
    writer.close();
    writer.flush();
  }

  @Test
  void aFullQueueDropsAndCounts() throws InterruptedException {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicInteger done = new AtomicInteger();
    CacheWriter.Work<Integer> slow =
        new CacheWriter.Work<>() {
          @Override
          public void batch(List<Integer> tasks) {
            entered.countDown();
            try {
              goOn.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            done.addAndGet(tasks.size());
          }

          @Override
          public void tick() {}
        };
    try (CacheWriter<Integer> writer = new CacheWriter<>(slow).start()) {
      writer.offer(-1);
      entered.await();
      int taken = 0;
      while (writer.offer(taken)) {
        taken++;
      }
      assertThat(taken).isEqualTo(4_096);
      assertThat(writer.dropped()).isEqualTo(1);
      goOn.countDown();
      writer.flush();
      assertThat(done.get()).isEqualTo(taken + 1);
    }
  }

  @Test
  void aDefectLosesItsBatchOnly() {
    AtomicInteger done = new AtomicInteger();
    CacheWriter.Work<Integer> work =
        new CacheWriter.Work<>() {
          @Override
          public void batch(List<Integer> tasks) {
            if (tasks.contains(0)) {
              throw new IllegalStateException("a defect that the test has planted");
            }
            done.addAndGet(tasks.size());
          }

          @Override
          public void tick() {}
        };
    try (CacheWriter<Integer> writer = new CacheWriter<>(work).start()) {
      writer.offer(0);
      writer.flush();
      writer.offer(1);
      writer.flush();
      assertThat(done.get()).isEqualTo(1);
    }
  }

  @Test
  void ticksWithoutTasks() throws InterruptedException {
    Notes notes = new Notes();
    try (CacheWriter<Integer> _ = new CacheWriter<>(notes).start()) {
      notes.ticked.await();
    }
  }

  @Test
  void eachProducersTasksComeOnceAndInOrder() throws InterruptedException {
    Notes notes = new Notes();
    AtomicInteger dropped = new AtomicInteger();
    try (CacheWriter<Integer> writer = new CacheWriter<>(notes).start()) {
      List<Thread> producers = new ArrayList<>();
      for (int p = 0; p < 3; p++) {
        int producer = p;
        producers.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      for (int i = 0; i < 50_000; i++) {
                        int task = i * 3 + producer;
                        if (i % 2 == 0) {
                          writer.insist(task);
                        } else if (!writer.offer(task)) {
                          dropped.incrementAndGet();
                        }
                      }
                    }));
      }
      for (Thread producer : producers) {
        producer.join();
      }
      writer.flush();
      assertThat(notes.seen).hasSize(150_000 - dropped.get());
      assertThat(writer.dropped()).isEqualTo(dropped.get());
      int[] last = {-1, -1, -1};
      for (int task : notes.seen) {
        assertThat(task).isGreaterThan(last[task % 3]);
        last[task % 3] = task;
      }
    }
  }

  @Test
  void tooManyBytesAreDroppedAndOneOfAnySizeGetsThrough() throws InterruptedException {
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch inside = new CountDownLatch(1);
    Notes notes =
        new Notes() {
          @Override
          public void batch(List<Integer> tasks) {
            super.batch(tasks);
            inside.countDown();
            try {
              goOn.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }

          @Override
          public long bytes(Integer task) {
            return task;
          }
        };
    try (CacheWriter<Integer> writer = new CacheWriter<>(notes).start()) {
      assertThat(writer.offer(Integer.MAX_VALUE)).isTrue();
      inside.await();
      assertThat(writer.offer(1)).isFalse();
      assertThat(writer.offer(0)).isTrue(); // holds nothing
      goOn.countDown();
      writer.flush();
      assertThat(writer.offer(1)).isTrue();
      writer.flush();
      assertThat(notes.seen).containsExactly(Integer.MAX_VALUE, 0, 1);
      assertThat(writer.dropped()).isEqualTo(1);
    }
  }

  @Test
  void nobodyWaitsForAThreadThatADefectHasEnded() {
    Notes notes =
        new Notes() {
          private int asked;

          @Override
          public long bytes(Integer task) {
            if (asked++ > 0) {
              throw new IllegalStateException("defect");
            }
            return 1;
          }
        };
    try (CacheWriter<Integer> writer = new CacheWriter<>(notes).start()) {
      assertThat(writer.offer(1)).isTrue();
      writer.flush();
      assertThat(writer.insist(2)).isFalse();
    }
  }
}
