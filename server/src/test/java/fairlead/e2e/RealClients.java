package fairlead.e2e;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.opentest4j.TestAbortedException;

/**
 * Every client library that can run here.
 *
 * <p>Thread-safe once started. Those of another language are missing, with the reason, where that
 * language or its registry is.
 */
final class RealClients implements AutoCloseable {
  static final long LIMIT_SECONDS = 20;

  /** What the text of a call begins with that did not end. */
  static final String HANGS = "HANGS";

  /** The libraries. */
  enum Sdk {
    OPENAI_JAVA,
    LANGCHAIN4J,
    OPENAI_NODE,
    AI_SDK,
    LANGCHAIN_JS,
    OPENAI_PYTHON
  }

  private interface Start {
    ScriptedClients script() throws IOException;
  }

  private final Map<Sdk, RealClient> present = new EnumMap<>(Sdk.class);
  private final Map<Sdk, String> missing = new EnumMap<>(Sdk.class);
  private final List<ScriptedClients> scripts = new ArrayList<>();

  private RealClients() {}

  static RealClients start() throws IOException {
    RealClients all = new RealClients();
    all.present.put(Sdk.OPENAI_JAVA, JavaClients.openAi());
    all.present.put(Sdk.LANGCHAIN4J, JavaClients.langChain4j());
    all.add(
        () -> ScriptedClients.start(ClientPackages.node(), "node", "endings.mjs"),
        Map.of(Sdk.OPENAI_NODE, "openai", Sdk.AI_SDK, "ai", Sdk.LANGCHAIN_JS, "langchain"));
    all.add(
        () -> ScriptedClients.start(ClientPackages.python(), "venv/bin/python", "endings.py"),
        Map.of(Sdk.OPENAI_PYTHON, "openai"));
    return all;
  }

  private void add(Start start, Map<Sdk, String> names) throws IOException {
    try {
      ScriptedClients script = start.script();
      scripts.add(script);
      names.forEach((sdk, name) -> present.put(sdk, script.client(name)));
    } catch (TestAbortedException e) {
      names.keySet().forEach(sdk -> missing.put(sdk, String.valueOf(e.getMessage())));
    }
  }

  Map<Sdk, RealClient> present() {
    return present;
  }

  /** One library; the test is skipped where it is missing. */
  RealClient client(Sdk sdk) {
    RealClient client = present.get(sdk);
    if (client == null) {
      System.out.println(sdk + " " + missing.get(sdk));
      throw new TestAbortedException(missing.get(sdk));
    }
    return client;
  }

  /** Makes a call that must end in time; one that does not is a success without an answer. */
  static RealClient.Seen ask(RealClient client, RealClient.Call call, Runnable content) {
    CompletableFuture<RealClient.Seen> seen = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                seen.complete(client.ask(call, content));
              } catch (RuntimeException e) {
                seen.completeExceptionally(e);
              }
            });
    try {
      return seen.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      return new RealClient.Seen(true, HANGS + ": nothing after " + LIMIT_SECONDS + " s");
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException(call.toString(), e);
    }
  }

  @Override
  public void close() throws IOException {
    for (ScriptedClients script : scripts) {
      script.close();
    }
  }
}
