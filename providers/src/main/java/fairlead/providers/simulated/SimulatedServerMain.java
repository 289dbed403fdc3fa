package fairlead.providers.simulated;

import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The command line of the simulated server. */
final class SimulatedServerMain {
  private static final int WRONG_USAGE = 2;

  private SimulatedServerMain() {}

  /** Runs until the process is stopped; returns only when it cannot start. */
  @SuppressWarnings("SystemOut") // it is a command
  static int run(List<String> arguments) throws InterruptedException {
    String host = "127.0.0.1";
    int port = 0;
    int capture = 0;
    StringBuilder knobs = new StringBuilder();
    try {
      for (int i = 0; i < arguments.size(); i += 2) {
        String option = arguments.get(i);
        if (option.equals("--help")) {
          System.out.print(usage());
          return 0;
        }
        if (i + 1 == arguments.size()) {
          throw new IllegalArgumentException(option + " needs a value");
        }
        String value = arguments.get(i + 1);
        switch (option) {
          case "--host" -> host = value;
          case "--port" -> port = Integer.parseInt(value);
          case "--capture" -> capture = Integer.parseInt(value);
          case "--knob" -> knobs.append(value).append(';');
          default -> throw new IllegalArgumentException("unknown option: " + option);
        }
      }
      SimulatedBehaviour behaviour = SimulatedBehaviour.parse(knobs.toString());
      usePollersWell();
      SimulatedServer server = SimulatedServer.start(host, port, behaviour, capture);
      System.out.println("simulated provider at " + server.baseUrl());
    } catch (RuntimeException e) {
      System.err.println(e.getMessage());
      System.err.print(usage());
      return WRONG_USAGE;
    }
    new CountDownLatch(1).await();
    return 0;
  }

  /** One poller is cheapest for many short requests; read when the first virtual thread parks. */
  private static void usePollersWell() {
    for (String property : List.of("jdk.readPollers", "jdk.writePollers")) {
      if (System.getProperty(property) == null) {
        System.setProperty(property, "1");
      }
    }
  }

  private static String usage() {
    return "usage: SimulatedServer [--host H] [--port N] [--capture BYTES] [--knob NAME=VALUE]...\n"
        + "knobs:\n"
        + SimulatedBehaviour.help();
  }
}
