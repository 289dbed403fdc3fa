package fairlead.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Client libraries of other languages: a script in a process of its own that makes one call for
 * each line of JSON it reads and prints what the library told.
 *
 * <p>Thread-safe. The process ends with {@link #close}.
 */
final class ScriptedClients implements AutoCloseable {
  private final Process process;
  private final OutputStream input;
  private final AtomicInteger ids = new AtomicInteger();
  private final Map<Integer, Pending> pending = new ConcurrentHashMap<>();

  /** Lines that are not answers: a failure of the script itself. */
  private final ConcurrentLinkedQueue<String> noise = new ConcurrentLinkedQueue<>();

  private record Pending(Runnable content, CompletableFuture<RealClient.Seen> seen) {}

  private ScriptedClients(Process process) {
    this.process = process;
    input = process.getOutputStream();
  }

  static ScriptedClients start(Path folder, String... command) {
    try {
      ScriptedClients clients =
          new ScriptedClients(
              new ProcessBuilder(List.of(command))
                  .directory(folder.toFile())
                  .redirectErrorStream(true)
                  .start());
      Thread.ofVirtual().start(clients::readAnswers);
      return clients;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One of the script's clients. */
  RealClient client(String name) {
    return (call, content) -> ask(name, call, content);
  }

  private RealClient.Seen ask(String client, RealClient.Call call, Runnable content) {
    int id = ids.incrementAndGet();
    Pending mine = new Pending(content, new CompletableFuture<>());
    pending.put(id, mine);
    try {
      byte[] line =
          Recordings.JSON_READER.asBytes(
              Map.of(
                  "id", id,
                  "client", client,
                  "baseURL", call.baseUrl(),
                  "model", call.model(),
                  "stream", call.stream(),
                  "retries", call.retries()));
      byte[] whole = Arrays.copyOf(line, line.length + 1);
      whole[line.length] = '\n';
      synchronized (input) {
        input.write(whole);
        input.flush();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the script ended: " + noise, e);
    }
    return mine.seen.join();
  }

  private void readAnswers() {
    String end = "the script ended";
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        Map<String, Object> answer = answer(line);
        Object id = answer == null ? null : answer.get("id");
        Pending call = id instanceof Integer number ? pending.get(number) : null;
        if (answer == null || call == null) {
          noise.add(line);
        } else if (answer.containsKey("content")) {
          call.content.run();
        } else {
          pending.remove(id);
          boolean ok = Boolean.TRUE.equals(answer.get("ok"));
          call.seen.complete(
              new RealClient.Seen(
                  ok,
                  ok
                      ? String.valueOf(answer.get("text"))
                      : answer.get("kind")
                          + " "
                          + answer.get("status")
                          + ": "
                          + answer.get("message")));
        }
      }
    } catch (IOException e) {
      end = e.toString();
    }
    for (Pending call : pending.values()) {
      call.seen.completeExceptionally(new IOException(end + ": " + noise));
    }
  }

  private static @Nullable Map<String, Object> answer(String line) {
    try {
      return line.startsWith("{") ? Recordings.JSON_READER.mapFrom(line) : null;
    } catch (IOException e) {
      return null;
    }
  }

  @Override
  public void close() throws IOException {
    input.close();
    process.destroy();
  }
}
