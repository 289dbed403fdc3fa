package fairlead.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.http.DeadlineSweeper;
import fairlead.providers.http.EventLoop;
import fairlead.providers.wire.ByteSink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Responses that are written on a loop while their own thread waits. */
@Timeout(60)
final class LoopedWritesTest {
  private static final int PIECE = 15_000;

  private final DeadlineSweeper sweeper = new DeadlineSweeper(5);
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private volatile CountDownLatch proceed = new CountDownLatch(1);
  private HttpFront front;

  @BeforeEach
  void start() throws IOException {
    front =
        HttpFront.builder(() -> this::handle, sweeper)
            .writeStallTimeout(Duration.ofSeconds(2))
            .build()
            .start();
  }

  @AfterEach
  void stop() {
    front.close();
    sweeper.close();
  }

  /** {@code /steady/N} writes N pieces, {@code /held} two with a wait between. */
  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.path();
    if (path.equals("/plain")) {
      exchange.respond(200, new ByteSink(), new byte[] {'p'}, 0, 1);
      return;
    }
    if (path.equals("/unwatched")) {
      exchange.beginStream(200, new ByteSink());
      events.add(exchange.loop() == null ? "no loop" : "loop");
      exchange.endStream();
      return;
    }
    exchange.watchCaller(() -> events.add("gone"));
    events.add(exchange.loop() == null ? "no loop" : "loop");
    exchange.beginStream(200, new ByteSink());
    exchange.write(new byte[] {'<'}, 0, 1);
    EventLoop loop = exchange.loop();
    if (loop == null) {
      events.add("no loop");
    } else if (path.startsWith("/steady/")) {
      int pieces = Integer.parseInt(path.substring("/steady/".length()));
      boolean waited = false;
      for (int i = 0; i < pieces; i++) {
        waited |= !piece(exchange, loop, i);
      }
      events.add(waited ? "waited" : "never waited");
    } else {
      piece(exchange, loop, 0);
      events.add("holding");
      try {
        proceed.await();
      } catch (InterruptedException e) {
        throw new IOException("interrupted", e);
      }
      piece(exchange, loop, 1);
    }
    exchange.write(new byte[] {'>'}, 0, 1);
    exchange.endStream();
    exchange.unwatch();
  }

  /** Writes a piece on the loop, and what is left of it here; whether nothing was. */
  private boolean piece(HttpExchange exchange, EventLoop loop, int number) throws IOException {
    byte[] bytes = content(number);
    CompletableFuture<Boolean> written = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            written.complete(exchange.writeNow(bytes, 0, bytes.length));
          } catch (IOException | RuntimeException e) {
            written.completeExceptionally(e);
          }
        });
    boolean all;
    try {
      all = written.get();
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException known ? known : new IOException(e.getCause());
    }
    if (!all) {
      events.add("full");
    }
    try {
      exchange.finishWriting();
    } catch (IOException e) {
      events.add("broken");
      throw e;
    }
    return all;
  }

  private static byte[] content(int number) {
    String text = Integer.toString(number) + ',';
    return (number % 2 == 0 ? text : text + "x".repeat(PIECE)).getBytes(StandardCharsets.US_ASCII);
  }

  private static String whole(int pieces) {
    StringBuilder all = new StringBuilder("<");
    for (int i = 0; i < pieces; i++) {
      all.append(new String(content(i), StandardCharsets.US_ASCII));
    }
    return all.append('>').toString();
  }

  private static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
  }

  private void expect(String event) throws InterruptedException {
    assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo(event);
  }

  /** Waits until a response breaks, past what may be seen {@code before} it does. */
  private void expectBroken(Set<String> before) throws InterruptedException {
    String event;
    do {
      event = events.poll(10, TimeUnit.SECONDS);
    } while (event != null && before.contains(event));
    assertThat(event).isEqualTo("broken");
  }

  /** Asks, and waits until the response is where {@code event} says. */
  private void begin(RawClient client, String path, String event) throws Exception {
    client.send(get(path));
    expect("no loop"); // the response has not begun
    expect(event);
  }

  @Test
  void responsesArriveAndTheConnectionServesOthers() throws Exception {
    try (RawClient client = new RawClient(front.port())) {
      for (int round = 0; round < 30; round++) {
        client.send(get("/steady/20"));
        assertThat(client.response().body()).isEqualTo(whole(20));
        client.send(get("/plain"));
        assertThat(client.response().body()).isEqualTo("p");
      }
    }
  }

  @Test
  void thereIsALoopForWatchedChunkedResponsesOnly() throws Exception {
    try (RawClient client = new RawClient(front.port())) {
      client.send(get("/unwatched"));
      expect("no loop");
      client.response();
      client.send("GET /held HTTP/1.0\r\n\r\n");
      expect("no loop"); // before the response has begun
      expect("no loop");
      assertThat(client.response().body()).isEqualTo("<>");
    }
  }

  @Test
  void aSlowReaderGetsEverythingAndHoldsNobodyUp() throws Exception {
    int pieces = 4_000;
    try (RawClient slow = new RawClient(front.port());
        RawClient other = new RawClient(front.port())) {
      begin(slow, "/steady/" + pieces, "full");
      // the slow one's thread waits now; the loop is free for others
      other.send(get("/steady/3"));
      assertThat(other.response().body()).isEqualTo(whole(3));
      assertThat(slow.response().body()).isEqualTo(whole(pieces));
    }
  }

  @Test
  void aReaderWhoReadsNothingIsGivenUp() throws Exception {
    try (RawClient client = new RawClient(front.port())) {
      begin(client, "/steady/100000", "full");
      expectBroken(Set.of("full"));
    }
  }

  @Test
  void aSlowReaderWhoLeavesIsNoticed() throws Exception {
    try (RawClient client = new RawClient(front.port())) {
      begin(client, "/steady/100000", "full");
    }
    expectBroken(Set.of("full", "gone")); // the watch may be first, or the write
  }

  @Test
  void aDepartureIsNoticedAtOnce() throws Exception {
    for (int round = 0; round < 10; round++) {
      proceed = new CountDownLatch(1);
      try (RawClient client = new RawClient(front.port())) {
        begin(client, "/held", "holding");
      }
      long begin = System.nanoTime();
      expect("gone");
      assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin)).isLessThan(100);
      proceed.countDown();
      events.clear();
    }
  }

  @Test
  void pipelinedRequestsAreKept() throws Exception {
    try (RawClient client = new RawClient(front.port())) {
      begin(client, "/held", "holding");
      StringBuilder next = new StringBuilder();
      for (int i = 0; i < 100; i++) {
        next.append(get("/plain"));
      }
      client.send(next.toString());
      proceed.countDown();
      assertThat(client.response().body()).isEqualTo(whole(2));
      for (int i = 0; i < 100; i++) {
        assertThat(client.response().body()).isEqualTo("p");
      }
    }
    assertThat(events).doesNotContain("gone");
  }

  @Test
  void endsWithTheFront() throws Exception {
    try (RawClient client = new RawClient(front.port())) {
      begin(client, "/held", "holding");
      Thread stopping = Thread.ofVirtual().start(front::stop);
      proceed.countDown();
      assertThat(client.response().body()).isEqualTo(whole(2));
      assertThat(client.atEnd()).isTrue();
      stopping.join();
      assertThat(front.openConnections()).isZero();
    }
  }
}
