package fairlead.providers.http;

import fairlead.providers.CallControl;
import fairlead.providers.Operation;
import fairlead.providers.Upstream;
import fairlead.providers.UpstreamException;
import fairlead.providers.UpstreamRequest;
import fairlead.providers.UpstreamResponse;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** A client with its sweeper, and the shortest way to make calls with it. */
final class ClientFixture implements AutoCloseable {
  final DeadlineSweeper sweeper = new DeadlineSweeper(2);
  final HttpClient client;

  ClientFixture() {
    client = HttpClient.builder(sweeper).build();
  }

  ClientFixture(java.util.function.UnaryOperator<HttpClient.Builder> change) {
    client = change.apply(HttpClient.builder(sweeper)).build();
  }

  /** A control whose call may last 20 seconds. */
  CallControl control() {
    CallControl control = new CallControl(sweeper);
    control.begin(System.nanoTime() + Duration.ofSeconds(20).toNanos());
    return control;
  }

  static Endpoint endpoint(ScriptedServer server) {
    return Endpoint.parse(server.url()).withTimeouts(5_000, 10_000);
  }

  Upstream upstream(ScriptedServer server) {
    return client.endpoint(endpoint(server));
  }

  static UpstreamRequest post(String body) {
    UpstreamRequest request = new UpstreamRequest();
    request.reset(
        Operation.CHAT,
        RequestHead.encode("POST", "/v1/chat", "test", Map.of("Content-Type", "application/json")));
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    request.body().add(bytes, 0, bytes.length);
    return request;
  }

  /** One whole call: its body as text. */
  String call(Upstream upstream, String body) throws UpstreamException {
    CallControl control = control();
    try {
      UpstreamResponse response = upstream.open(post(body), control);
      try {
        return text(response);
      } finally {
        response.release();
      }
    } finally {
      control.close();
    }
  }

  static String text(UpstreamResponse response) throws UpstreamException {
    return new String(bytes(response, 4_096), StandardCharsets.UTF_8);
  }

  static byte[] bytes(UpstreamResponse response, int step) throws UpstreamException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] buffer = new byte[step];
    while (true) {
      int n = response.read(buffer, 0, step);
      if (n < 0) {
        return all.toByteArray();
      }
      all.write(buffer, 0, n);
    }
  }

  /** Waits for something that another thread is about to do. */
  static void until(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("did not happen within 10 s: " + what);
      }
      Thread.onSpinWait();
      java.util.concurrent.locks.LockSupport.parkNanos(200_000);
    }
  }

  @Override
  public void close() {
    client.close();
    sweeper.close();
  }
}
