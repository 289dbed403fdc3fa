package fairlead.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.http.DeadlineSweeper;
import fairlead.providers.wire.ByteSink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Noticing that a caller has left, without losing a byte of one that has not. */
@Timeout(30)
final class CallerWatchTest {
  private final DeadlineSweeper sweeper = new DeadlineSweeper(5);
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final AtomicInteger goneCount = new AtomicInteger();
  private volatile CountDownLatch proceed = new CountDownLatch(1);
  private HttpFront front;

  @BeforeEach
  void start() throws IOException {
    front = HttpFront.builder(() -> this::handle, sweeper).build().start();
  }

  @AfterEach
  void stop() {
    front.close();
    sweeper.close();
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.path().getBytes(StandardCharsets.US_ASCII);
    if (exchange.path().equals("/answered-while-acting")) {
      answerWhileActing(exchange);
      return;
    }
    if (exchange.path().startsWith("/watched")) {
      CountDownLatch until = proceed;
      exchange.watchCaller(
          () -> {
            goneCount.incrementAndGet();
            events.add("gone");
            until.countDown();
          });
      events.add("watching");
      try {
        until.await();
      } catch (InterruptedException e) {
        throw new IOException("interrupted", e);
      }
      exchange.unwatch();
    }
    exchange.respond(200, new ByteSink(), body, 0, body.length);
  }

  /** Answers while the action is under way, which ends only some time after. */
  private void answerWhileActing(HttpExchange exchange) throws IOException {
    CountDownLatch acting = new CountDownLatch(1);
    CountDownLatch finish = new CountDownLatch(1);
    exchange.watchCaller(
        () -> {
          acting.countDown();
          try {
            finish.await();
          } catch (InterruptedException e) {
            events.add(e.toString());
          }
          events.add("acted");
        });
    try {
      acting.await();
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
    exchange.respond(200, new ByteSink(), new byte[] {'a'}, 0, 1);
    boolean _ = sweeper.register(finish::countDown).arm(System.nanoTime() + 30_000_000);
    exchange.unwatch();
    events.add("unwatched");
  }

  private void expect(String event) throws InterruptedException {
    assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo(event);
  }

  /** Waits until the reader is surely at work: its delay is 25 ms. */
  private static void passTheDelay() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    assertThat(never.await(100, TimeUnit.MILLISECONDS)).isFalse();
  }

  @Test
  void noticesAClose() throws Exception {
    try (RawClient client = new RawClient(front.port())) {
      client.send("GET /watched HTTP/1.1\r\nHost: x\r\n\r\n");
      expect("watching");
      passTheDelay();
      long begin = System.nanoTime();
      client.socket().close();
      expect("gone");
      assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin)).isLessThan(100);
    }
    assertThat(goneCount).hasValue(1);
  }

  @Test
  void noticesAResetAndACloseBeforeTheWatchBegan() throws Exception {
    try (RawClient client = new RawClient(front.port())) {
      client.send("GET /watched HTTP/1.1\r\nHost: x\r\n\r\n");
      client.socket().setSoLinger(true, 0);
    }
    expect("watching");
    expect("gone");
  }

  @Test
  void takesAHalfCloseForADeparture() throws Exception {
    try (RawClient client = new RawClient(front.port())) {
      client.send("GET /watched HTTP/1.1\r\nHost: x\r\n\r\n");
      client.socket().shutdownOutput();
      expect("watching");
      expect("gone");
      // the handler may answer all the same, and the connection ends after it
      assertThat(client.response().body()).isEqualTo("/watched");
      assertThat(client.atEnd()).isTrue();
    }
  }

  @Test
  void keepsPipelinedBytesInOrder() throws Exception {
    try (RawClient client = new RawClient(front.port())) {
      client.send("GET /watched HTTP/1.1\r\nHost: x\r\n\r\n");
      expect("watching");
      passTheDelay();
      StringBuilder pipelined = new StringBuilder();
      for (int i = 0; i < 200; i++) {
        pipelined.append("GET /next/").append(i).append(" HTTP/1.1\r\nHost: x\r\n\r\n");
      }
      // several writes, each a read of its own if the reader is quick, and more than it may keep
      for (int at = 0; at < pipelined.length(); at += 700) {
        client.send(pipelined.substring(at, Math.min(pipelined.length(), at + 700)));
      }
      proceed.countDown();
      assertThat(client.response().body()).isEqualTo("/watched");
      for (int i = 0; i < 200; i++) {
        assertThat(client.response().body()).isEqualTo("/next/" + i);
      }
    }
    assertThat(goneCount).hasValue(0);
  }

  @Test
  void handsAnOutstandingReadToTheNextRequest() throws Exception {
    try (RawClient client = new RawClient(front.port())) {
      for (int round = 0; round < 5; round++) {
        proceed = new CountDownLatch(1);
        client.send("GET /watched/" + round + " HTTP/1.1\r\nHost: x\r\n\r\n");
        expect("watching");
        passTheDelay();
        proceed.countDown();
        assertThat(client.response().body()).isEqualTo("/watched/" + round);
        // the reader still waits; this request is the answer to its read, in two parts
        client.send("GET /plain HTT");
        client.send("P/1.1\r\nHost: x\r\n\r\n");
        assertThat(client.response().body()).isEqualTo("/plain");
      }
    }
    assertThat(goneCount).hasValue(0);
  }

  @Test
  void doesNotActAfterUnwatch() throws Exception {
    for (int i = 0; i < 200; i++) {
      proceed = new CountDownLatch(i % 2);
      try (RawClient client = new RawClient(front.port())) {
        client.send("GET /watched HTTP/1.1\r\nHost: x\r\n\r\n");
        if (i % 2 == 0) {
          assertThat(client.response().body()).isEqualTo("/watched");
        }
      }
      expect("watching");
      if (i % 2 == 1) {
        expect("gone");
      }
    }
    assertThat(goneCount).hasValue(100);
    assertThat(events).isEmpty();
  }

  @Test
  void waitsForTheActionAlsoOnceTheAnswerHasBegun() throws Exception {
    try (RawClient client = new RawClient(front.port())) {
      client.send("GET /answered-while-acting HTTP/1.1\r\nHost: x\r\n\r\n");
      client.socket().shutdownOutput();
      expect("acted");
      expect("unwatched");
    }
  }

  @Test
  void aReaderThatCannotBeStartedIsNotWaitedFor() throws Exception {
    CountDownLatch tried = new CountDownLatch(1);
    Transport transport = new ScriptedTransport("next".getBytes(StandardCharsets.US_ASCII));
    CallerWatch watch =
        new CallerWatch(
            transport,
            sweeper,
            _ -> {
              tried.countDown();
              throw new OutOfMemoryError("planted");
            });
    watch.start(goneCount::incrementAndGet, System.nanoTime());
    assertThat(tried.await(10, TimeUnit.SECONDS)).isTrue();
    watch.stop();
    assertThat(watch.holdsInput()).isFalse();
    byte[] bytes = new byte[8];
    assertThat(watch.take(bytes, 0, bytes.length)).isEqualTo(4);
    assertThat(goneCount).hasValue(0);
    // the sweeper has survived: it serves others
    CountDownLatch fired = new CountDownLatch(1);
    assertThat(sweeper.register(fired::countDown).arm(System.nanoTime())).isTrue();
    assertThat(fired.await(10, TimeUnit.SECONDS)).isTrue();
    watch.close();
  }

  @Test
  void endsWithTheFrontWhileAReaderWaits() throws Exception {
    try (RawClient client = new RawClient(front.port())) {
      client.send("GET /watched HTTP/1.1\r\nHost: x\r\n\r\n");
      expect("watching");
      passTheDelay();
      proceed.countDown();
      assertThat(client.response().body()).isEqualTo("/watched");
      front.stop();
      assertThat(client.atEnd()).isTrue();
      assertThat(front.openConnections()).isZero();
    }
  }
}
