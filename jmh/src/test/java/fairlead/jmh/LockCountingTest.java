package fairlead.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/** Locks count wherever and however they are asked for, and nothing else does. */
final class LockCountingTest {
  /** Ways to ask for a lock; each must count once. */
  public static class Locking implements Runnable {
    private final Object monitor = new Object();
    private final ReentrantLock lock = new ReentrantLock();
    private final BlockingQueue<String> queue = new ArrayBlockingQueue<>(1);
    private int done;

    @Override
    public void run() {
      method();
      synchronized (monitor) {
        done++;
      }
      lock.lock();
      try {
        done++;
      } finally {
        lock.unlock();
      }
      done += queue.offer("x") ? 1 : 0;
      if (done != 4) {
        throw new IllegalStateException("done " + done);
      }
    }

    private synchronized void method() {
      done++;
    }
  }

  /** What looks a little like one. */
  public static class LockFree implements Runnable {
    private final Queue<String> queue = new ArrayDeque<>();
    private final ConcurrentHashMap<String, String> map = new ConcurrentHashMap<>();

    @Override
    public void run() {
      queue.offer("x");
      map.put("a", "b");
      map.clear();
    }
  }

  private static byte[] bytes(Class<?> type) throws IOException {
    String name = type.getName().replace('.', '/') + ".class";
    try (InputStream in = type.getClassLoader().getResourceAsStream(name)) {
      return Objects.requireNonNull(in).readAllBytes();
    }
  }

  /** Loads a changed class beside the original. */
  private static final class Loader extends ClassLoader {
    private final String name;
    private final byte[] changed;

    Loader(Class<?> type) throws IOException {
      super(type.getClassLoader());
      name = type.getName();
      changed = LockCounting.counted(bytes(type));
    }

    @Override
    protected Class<?> loadClass(String wanted, boolean resolve) throws ClassNotFoundException {
      if (!wanted.equals(name)) {
        return super.loadClass(wanted, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? defineClass(name, changed, 0, changed.length) : loaded;
    }
  }

  /** Runs it on a thread that is named as those of benchmarks are. */
  private static long counted(Class<?> type, String threadName) throws Exception {
    Runnable changed =
        (Runnable)
            new Loader(type).loadClass(type.getName()).getDeclaredConstructor().newInstance();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread thread = new Thread(changed, threadName);
    thread.setUncaughtExceptionHandler((_, e) -> failure.set(e));
    long before = LockCount.total();
    thread.start();
    thread.join();
    assertThat(failure.get()).isNull();
    return LockCount.total() - before;
  }

  @Test
  void everyKindOfLockCountsOnce() throws Exception {
    assertThat(counted(Locking.class, "x-jmh-worker-1")).isEqualTo(4);
  }

  @Test
  void otherThreadsDoNotCount() throws Exception {
    assertThat(counted(Locking.class, "deadlines")).isZero();
  }

  @Test
  void aClassWithoutLocksStaysAsItIs() throws Exception {
    byte[] original = bytes(LockFree.class);

    assertThat(LockCounting.counted(original)).isSameAs(original);
    assertThat(counted(LockFree.class, "x-jmh-worker-1")).isZero();
  }
}
