package fairlead.providers.dialect;

import fairlead.providers.wire.SseEvent;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/** A plain splitter of server-sent events for tests: one data line per event, LF only. */
final class SseSplitter {
  private final Consumer<SseEvent> consumer;
  private byte[] held = {};

  SseSplitter(Consumer<SseEvent> consumer) {
    this.consumer = consumer;
  }

  void feed(byte[] bytes, int from, int to) {
    byte[] all = Arrays.copyOf(held, held.length + to - from);
    System.arraycopy(bytes, from, all, held.length, to - from);
    int start = 0;
    for (int i = Math.max(1, held.length); i < all.length; i++) {
      if (all[i] == '\n' && all[i - 1] == '\n') {
        emit(all, start, i + 1);
        start = i + 1;
      }
    }
    held = Arrays.copyOfRange(all, start, all.length);
  }

  private void emit(byte[] all, int start, int end) {
    SseEvent event = new SseEvent();
    event.whole().set(all, start, end);
    int line = start;
    for (int i = start; i < end; i++) {
      if (all[i] == '\n') {
        String text = new String(all, line, i - line, StandardCharsets.UTF_8);
        if (text.startsWith("data: ")) {
          event.data().set(all, line + 6, i);
        } else if (text.startsWith("event: ")) {
          event.name().set(all, line + 7, i);
        }
        line = i + 1;
      }
    }
    consumer.accept(event);
  }
}
