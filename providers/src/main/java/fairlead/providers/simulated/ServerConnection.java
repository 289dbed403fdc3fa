package fairlead.providers.simulated;

import fairlead.providers.wire.ByteSink;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a simulated server: reads requests and answers them, one after the other.
 *
 * <p>Runs on a thread of its own. While the behaviour is plain, a request with the same body as the
 * one before gets the same bytes without being parsed again: comparing is all it costs.
 */
final class ServerConnection implements Runnable {
  private static final int MAX_REMEMBERED_BYTES = 262_144;

  private final SimulatedServer server;
  private final Socket socket;

  private @Nullable SimulatedState knownState;
  private @Nullable SimulatedWireKind knownKind;
  private byte[] knownBody = {};
  private byte[] knownAnswer = {};
  private String knownModel = "";
  private byte[] keyBytes = {};
  private SimulatedKeys.@Nullable Key key;

  ServerConnection(SimulatedServer server, Socket socket) {
    this.server = server;
    this.socket = socket;
  }

  @Override
  public void run() {
    try (socket) {
      socket.setTcpNoDelay(true);
      ServerRequest request = new ServerRequest(socket);
      ServerDelivery delivery = new ServerDelivery(socket, request);
      boolean open = true;
      while (open && request.read()) {
        open = answer(request, delivery);
      }
    } catch (IOException _) {
      // the client went away between requests, or sent what is not HTTP
    } finally {
      server.closed(socket);
    }
  }

  private boolean answer(ServerRequest request, ServerDelivery delivery) throws IOException {
    SimulatedWireKind kind =
        request.isPost()
            ? SimulatedWireKind.ofPath(request.buffer(), request.pathStart(), request.pathEnd())
            : null;
    if (kind == null) {
      socket.getOutputStream().write(server.control(request));
      return request.keepAlive();
    }
    long now = System.nanoTime();
    SimulatedKeys.Key caller = key(request);
    caller.count();
    ServerLog log = server.log();
    ServerLog.Entry entry = log.begin(kind, caller.ordinal(), now);
    int captured = server.captureBytes();
    if (captured > 0) {
      entry.head = request.head(captured);
      entry.body = request.body(captured);
    }
    SimulatedServer.Active active = server.active();
    int status = 200;
    ServerDelivery.Ending ending;
    if (isKnown(request, kind, active.state())) {
      long _ = active.state().next();
      entry.model = knownModel;
      entry.status = status;
      ending = delivery.write(knownAnswer);
    } else {
      SimulatedRequest parsed = null;
      String problem = "";
      SimulatedState state = active.state();
      try {
        parsed =
            SimulatedRequest.parse(
                kind,
                request.buffer(),
                request.bodyStart(),
                request.bodyEnd() - request.bodyStart());
        entry.model = parsed.model;
      } catch (IllegalArgumentException e) {
        problem = String.valueOf(e.getMessage());
      }
      String overrides =
          parsed == null ? request.simulate() : request.simulate() + ";" + parsed.modelKnobs;
      if (overrides.length() > 1) {
        try {
          state = active.with(overrides, now);
        } catch (IllegalArgumentException e) {
          parsed = null;
          problem = String.valueOf(e.getMessage());
        }
      }
      SimulatedScript script = SimulatedScript.of(state, caller, kind, parsed, problem, now);
      status = script.status;
      entry.status = status;
      boolean record =
          parsed != null
              && state == active.state()
              && state.behaviour().isPlain()
              && request.keepAlive()
              && request.bodyEnd() - request.bodyStart() <= MAX_REMEMBERED_BYTES;
      ending = delivery.play(script, request.keepAlive(), record);
      byte[] recorded = delivery.recorded();
      if (record && recorded != null && parsed != null) {
        knownState = state;
        knownKind = kind;
        knownBody = Arrays.copyOfRange(request.buffer(), request.bodyStart(), request.bodyEnd());
        knownAnswer = recorded;
        knownModel = parsed.model;
      }
      if (ending == ServerDelivery.Ending.COMPLETE
          && script.behaviour.on(Knob.CLOSE_AFTER_ANSWER)) {
        ending = ServerDelivery.Ending.CLOSED;
      }
    }
    log.end(entry, status, outcome(ending), System.nanoTime());
    return ending == ServerDelivery.Ending.COMPLETE && request.keepAlive();
  }

  private boolean isKnown(ServerRequest request, SimulatedWireKind kind, SimulatedState state) {
    return state == knownState
        && kind == knownKind
        && request.keepAlive()
        && request.simulate().isEmpty()
        && Arrays.equals(
            request.buffer(),
            request.bodyStart(),
            request.bodyEnd(),
            knownBody,
            0,
            knownBody.length);
  }

  private SimulatedKeys.Key key(ServerRequest request) {
    SimulatedKeys.Key known = key;
    if (known == null
        || !Arrays.equals(
            request.buffer(), request.keyStart(), request.keyEnd(), keyBytes, 0, keyBytes.length)) {
      known = server.keys().of(request.key());
      key = known;
      keyBytes = request.key().getBytes(StandardCharsets.ISO_8859_1);
    }
    return known;
  }

  private static String outcome(ServerDelivery.Ending ending) {
    return switch (ending) {
      case COMPLETE -> "complete";
      case CLOSED -> "closed";
      case RESET -> "reset";
      case CANCELLED -> "cancelled";
    };
  }

  /** A whole response of one of the addresses that are not subject to faults. */
  static byte[] response(int status, String contentType, ByteSink body) {
    ByteSink out = new ByteSink(256 + body.length());
    out.ascii("HTTP/1.1 ").decimal(status).ascii(status == 200 ? " OK" : " Refused");
    out.ascii("\r\ncontent-type: ").ascii(contentType);
    out.ascii("\r\ncontent-length: ").decimal(body.length()).ascii("\r\n\r\n");
    return out.append(body.array(), 0, body.length()).toByteArray();
  }
}
