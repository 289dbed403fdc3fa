package fairlead.providers.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waiting for many sockets on one thread. */
@Timeout(30)
final class EventLoopTest {
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private EventLoop loop;
  private SocketChannel near;
  private SocketChannel far;

  @BeforeEach
  void open() throws IOException {
    loop = new EventLoop("loop-under-test");
    try (ServerSocketChannel listener =
        ServerSocketChannel.open()
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
      far = SocketChannel.open(listener.getLocalAddress());
      near = listener.accept();
    }
    near.configureBlocking(false);
  }

  @AfterEach
  void close() throws IOException {
    loop.close();
    near.close();
    far.close();
  }

  /** Tells what came as an event; ends at a full stop. */
  private final class Telling implements EventLoop.Handler {
    @Nullable SelectionKey key;

    @Override
    public void ready() {
      ByteBuffer bytes = ByteBuffer.allocate(100);
      try {
        int n = near.read(bytes);
        String text = n < 0 ? "end" : new String(bytes.array(), 0, n, StandardCharsets.US_ASCII);
        events.add(text + " on " + Thread.currentThread().getName());
        if (text.equals("!")) {
          throw new IllegalStateException("planted");
        }
        if (text.endsWith(".")) {
          loop.release(Objects.requireNonNull(key), () -> events.add("released"));
        }
        if (n < 0) {
          Objects.requireNonNull(key).cancel();
        }
      } catch (IOException e) {
        events.add(e.toString());
      }
    }

    @Override
    public void ended() {
      events.add("ended");
    }
  }

  private void register() {
    Telling handler = new Telling();
    loop.execute(
        () -> {
          try {
            handler.key = loop.register(near, handler);
            events.add("registered");
          } catch (IOException | RuntimeException e) {
            events.add(e.toString());
          }
        });
  }

  private void send(String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    while (bytes.hasRemaining()) {
      int _ = far.write(bytes);
    }
  }

  private void expect(String event) throws InterruptedException {
    assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo(event);
  }

  @Test
  void tellsOfInputAndItsEnd() throws Exception {
    register();
    expect("registered");
    send("a");
    expect("a on loop-under-test");
    send("b");
    expect("b on loop-under-test");
    far.close();
    expect("end on loop-under-test");
  }

  @Test
  void aReleasedChannelMayBlockAndBeRegisteredAgain() throws Exception {
    for (int round = 0; round < 50; round++) {
      register();
      expect("registered");
      send(".");
      expect(". on loop-under-test");
      expect("released");
      near.configureBlocking(true);
      send("x");
      assertThat(near.read(ByteBuffer.allocate(1))).isEqualTo(1);
      near.configureBlocking(false);
    }
  }

  @Test
  void aKeyCancelledElsewhereIsReplaced() throws Exception {
    register();
    expect("registered");
    for (int round = 0; round < 50; round++) {
      SelectionKey known = near.keyFor(selector());
      known.cancel();
      near.configureBlocking(true);
      near.configureBlocking(false);
      register();
      expect("registered");
    }
    send("a");
    expect("a on loop-under-test");
  }

  private Selector selector() throws InterruptedException {
    List<Selector> found = new ArrayList<>();
    CountDownLatch done = new CountDownLatch(1);
    loop.execute(
        () -> {
          try {
            found.add(loop.register(near, new Telling()).selector());
          } catch (IOException e) {
            events.add(e.toString());
          }
          done.countDown();
        });
    assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    return found.getFirst();
  }

  @Test
  void whatAHandlerOrATaskThrowsEndsNothing() throws Exception {
    register();
    expect("registered");
    loop.execute(
        () -> {
          throw new IllegalStateException("planted");
        });
    loop.execute(
        () -> {
          throw new StackOverflowError("planted");
        });
    send("!");
    expect("! on loop-under-test");
    send("a");
    expect("a on loop-under-test");
  }

  @Test
  void aClosedChannelsDescriptorIsGivenBackAtOnce() throws Exception {
    register();
    expect("registered");
    near.close();
    loop.flush();
    // Until the loop lets go, only one direction is shut and what the peer sends is accepted.
    assertThatThrownBy(
            () -> {
              while (true) {
                send("more");
                Thread.onSpinWait();
              }
            })
        .isInstanceOf(IOException.class);
  }

  @Test
  void registeringAClosedChannelFails() throws Exception {
    near.close();
    register();
    expect("java.nio.channels.ClosedChannelException");
  }

  @Test
  void runsTasksOfManyThreadsEachOnce() throws Exception {
    int threads = 8;
    int tasks = 5_000;
    CountDownLatch done = new CountDownLatch(threads * tasks);
    int[] ran = new int[threads];
    for (int i = 0; i < threads; i++) {
      int at = i;
      Thread _ =
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (int task = 0; task < tasks; task++) {
                      loop.execute(
                          () -> {
                            ran[at]++;
                            done.countDown();
                          });
                    }
                  });
    }
    assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(ran).containsOnly(tasks);
  }

  @Test
  void tellsItsHandlersThatItEndsAndTakesNoMore() throws Exception {
    register();
    expect("registered");
    loop.close();
    expect("ended");
    assertThatThrownBy(
            () -> {
              while (true) {
                loop.execute(() -> {});
              }
            })
        .isInstanceOf(RejectedExecutionException.class);
  }

  @Test
  void aTaskIsRunOrRejectedWhenTheLoopEnds() throws Exception {
    for (int round = 0; round < 200; round++) {
      EventLoop ending = new EventLoop("ending");
      CountDownLatch ran = new CountDownLatch(1);
      Thread closer = Thread.ofPlatform().start(ending::close);
      try {
        ending.execute(ran::countDown);
        assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
      } catch (RejectedExecutionException e) {
        assertThat(ran.getCount()).isEqualTo(1);
      }
      closer.join();
    }
  }
}
