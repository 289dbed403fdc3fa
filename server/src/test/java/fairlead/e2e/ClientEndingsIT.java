package fairlead.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.e2e.RealClients.Sdk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every way an answer can end, as every client library takes it: a failure is a failure to all of
 * them, a whole answer is whole to all of them. Prints the matrix.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ClientEndingsIT {
  /** The route of {@link Ending#RESCUED}; the other endings have their own names. */
  private static final String RESCUED = "rescued_route";

  /** An address nobody listens at. */
  private static final String NOBODY = "http://127.0.0.1:1/v1";

  private static final String KILLED = "gateway_killed";
  private static final String DRAINED = "gateway_drained_past_its_limit";

  private final RealClients clients = RealClients.start();
  private final ReplayUpstream upstream = ReplayUpstream.start();
  private final Semaphore contentSeen = new Semaphore(0);
  private final Map<String, Map<Sdk, String>> matrix = new LinkedHashMap<>();
  private final GatewayProcess gateway;

  ClientEndingsIT() throws IOException {
    StringBuilder providers = new StringBuilder("providers:\n");
    StringBuilder routes = new StringBuilder("routing:\n");
    for (Ending ending : Ending.values()) {
      upstream.on(
          ending.key(),
          (_, connection) -> ending.answer(connection, contentSeen::acquireUninterruptibly));
      providers.append(
          GatewayProcess.provider(
              ending.key(),
              ending.listens() ? upstream.baseUrl(ending.key()) : NOBODY,
              Map.of(
                  "health", GatewayProcess.NEVER_OUT,
                  "retries", "{ max: 0 }",
                  "timeouts",
                      "{ head_ms: 1000, first_token_ms: 1000, idle_ms: 700, queue_ms: 700 }")));
      routes.append(route(ending.key(), ending.key()));
    }
    upstream.on("rescues", (_, connection) -> Ending.STREAM.answer(connection, () -> {}));
    providers.append(GatewayProcess.provider("rescues", upstream.baseUrl("rescues"), Map.of()));
    routes
        .append("  ")
        .append(RESCUED)
        .append(":\n    mid_stream: resume\n    strategy: priority\n    targets:\n")
        .append("      - { provider: rescued, model: m, priority: 1 }\n")
        .append("      - { provider: rescues, model: m, priority: 2 }\n");
    gateway = GatewayProcess.start(providers.toString() + routes);
  }

  @AfterAll
  void close() throws IOException {
    print();
    clients.close();
    gateway.close();
    upstream.close();
  }

  private static String route(String name, String provider) {
    return "  "
        + name
        + ":\n    mid_stream: error\n    targets:\n      - { provider: "
        + provider
        + ", model: m }\n";
  }

  @ParameterizedTest
  @EnumSource(Sdk.class)
  void everyEndingIsSeenAsWhatItIs(Sdk sdk) {
    RealClient client = clients.client(sdk);
    List<String> wrong = new ArrayList<>();
    for (Ending ending : Ending.values()) {
      contentSeen.drainPermits();
      AtomicBoolean content = new AtomicBoolean();
      RealClient.Seen seen =
          RealClients.ask(
              client,
              new RealClient.Call(
                  gateway.baseUrl(),
                  ending == Ending.RESCUED ? RESCUED : ending.key(),
                  ending.stream(),
                  0),
              () -> {
                content.set(true);
                contentSeen.release();
              });
      note(ending.name(), sdk, seen, ending.whole(), wrong);
      if (content.get() != ending.hasContent()) {
        wrong.add(ending + ", " + sdk + ": content came: " + content + ", " + seen);
      }
      if (ending.listens()) {
        upstream.take(ending.key());
      }
      if (upstream.waiting(ending.key()) > 0) {
        wrong.add(ending + ", " + sdk + ": asked again, " + seen);
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void aKilledGatewayIsAFailureToAll() throws InterruptedException {
    inMidStream(KILLED, GatewayProcess::kill);
  }

  @Test
  void aGatewayThatMayDrainNoLongerIsAFailureToAll() throws InterruptedException {
    inMidStream(DRAINED, GatewayProcess::terminate);
  }

  /** All clients are in the middle of a stream when that happens to their gateway. */
  private void inMidStream(String row, Consumer<GatewayProcess> event) throws InterruptedException {
    upstream.on(
        "held",
        (_, connection) -> {
          connection.beginEvents();
          connection.delta("one");
          long _ = connection.awaitClosedByPeer();
        });
    List<String> wrong = new ArrayList<>();
    try (GatewayProcess own =
        GatewayProcess.start(
            "server: { drain_timeout_ms: 300 }\nproviders:\n"
                + GatewayProcess.provider("held", upstream.baseUrl("held"), Map.of())
                + "routing:\n"
                + route("held_route", "held"))) {
      CountDownLatch content = new CountDownLatch(clients.present().size());
      Map<Sdk, RealClient.Seen> ends = new ConcurrentHashMap<>();
      List<Thread> callers = new ArrayList<>();
      RealClient.Call call = new RealClient.Call(own.baseUrl(), "held_route", true, 0);
      clients
          .present()
          .forEach(
              (sdk, client) ->
                  callers.add(
                      Thread.ofVirtual()
                          .start(
                              () ->
                                  ends.put(
                                      sdk, RealClients.ask(client, call, content::countDown)))));
      assertThat(content.await(RealClients.LIMIT_SECONDS, TimeUnit.SECONDS))
          .as("all have content, but for " + content.getCount())
          .isTrue();
      event.accept(own);
      for (Thread caller : callers) {
        caller.join();
      }
      assertThat(ends.keySet()).isEqualTo(clients.present().keySet());
      ends.forEach((sdk, seen) -> note(row, sdk, seen, false, wrong));
    }
    assertThat(wrong).isEmpty();
  }

  private void note(String row, Sdk sdk, RealClient.Seen seen, boolean whole, List<String> wrong) {
    String cell = !seen.ok() ? "fails" : seen.text().equals(Ending.TEXT) ? "whole" : silent(seen);
    matrix.computeIfAbsent(row, _ -> new EnumMap<>(Sdk.class)).put(sdk, cell);
    if (!cell.equals(whole ? "whole" : "fails")) {
      wrong.add(row + ", " + sdk + ": " + seen.text());
    }
  }

  private static String silent(RealClient.Seen seen) {
    return seen.text().startsWith(RealClients.HANGS) ? "HANGS" : "SILENT";
  }

  private void print() {
    StringBuilder table = new StringBuilder(String.format("%-32s", "ending"));
    for (Sdk sdk : Sdk.values()) {
      table.append(String.format("%-15s", sdk.name().toLowerCase(Locale.ROOT)));
    }
    matrix.forEach(
        (row, cells) -> {
          table.append(String.format("%n%-32s", row.toLowerCase(Locale.ROOT)));
          for (Sdk sdk : Sdk.values()) {
            table.append(String.format("%-15s", cells.getOrDefault(sdk, "-")));
          }
        });
    System.out.println(table);
  }
}
