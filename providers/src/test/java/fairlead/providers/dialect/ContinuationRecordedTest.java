package fairlead.providers.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import fairlead.providers.wire.ByteSink;
import fairlead.providers.wire.Continuation;
import fairlead.providers.wire.SentText;
import fairlead.providers.wire.SseEvent;
import fairlead.providers.wire.SseReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Every recorded stream, cut after every event and continued by the same stream: the caller reads
 * the whole text once, or the continuation says that it cannot be joined.
 */
final class ContinuationRecordedTest {
  /** A restart shorter than this is not told from a continuation. */
  private static final int CHARACTERS_OF_A_RESTART = 24;

  private final SentText sent = new SentText();
  private final Continuation continuation = new Continuation();
  private int joined;
  private int unsound;
  private int texts;

  /** What the caller is sent for a whole stream, event by event; null if it is no whole one. */
  private static @Nullable List<ByteSink> relayed(AnswerStream answer, String body)
      throws IOException {
    answer.begin(true);
    byte[] bytes = body.getBytes(UTF_8);
    List<ByteSink> events = new ArrayList<>();
    SseReader reader = new SseReader();
    SseEvent event = new SseEvent();
    int at = 0;
    while (at < bytes.length) {
      reader.reserve();
      int count = Math.min(reader.room(), bytes.length - at);
      System.arraycopy(bytes, at, reader.buffer(), reader.limit(), count);
      reader.advance(count);
      at += count;
      if (!take(reader, event, answer, events)) {
        return null;
      }
    }
    reader.end();
    if (!take(reader, event, answer, events) || !answer.finished()) {
      return null;
    }
    ByteSink last = new ByteSink();
    answer.finish(last);
    events.add(last);
    events.removeIf(ByteSink::isEmpty);
    return events;
  }

  private static boolean take(
      SseReader reader, SseEvent event, AnswerStream answer, List<ByteSink> events) {
    while (reader.next(event)) {
      ByteSink out = new ByteSink();
      int signals = answer.accept(event, out);
      if ((signals & (AnswerStream.ERROR | AnswerStream.MALFORMED)) != 0) {
        return false;
      }
      events.add(out);
    }
    return true;
  }

  /** A slow reading of what a client makes of events: the text, and how often it finishes. */
  private record Read(String text, int finishes) {
    static Read of(String events) {
      StringBuilder text = new StringBuilder();
      int finishes = 0;
      for (String line : events.replace("\r\n", "\n").split("\n", -1)) {
        if (!line.startsWith("data:") || line.endsWith("[DONE]")) {
          continue;
        }
        for (Object each : ChatTwin.list(Recorded.object(line.substring(5)).get("choices"))) {
          Map<?, ?> choice = ChatTwin.map(each);
          Object piece =
              choice.containsKey("text")
                  ? choice.get("text")
                  : ChatTwin.map(choice.get("delta")).get("content");
          text.append(piece instanceof String string ? string : "");
          finishes += ChatTwin.text(choice.get("finish_reason")) ? 1 : 0;
        }
      }
      return new Read(text.toString(), finishes);
    }
  }

  private static String text(SentText of) {
    return new String(of.array(), 0, of.length(), UTF_8);
  }

  private static String together(List<ByteSink> events) {
    StringBuilder all = new StringBuilder();
    events.forEach(all::append);
    return all.toString();
  }

  private void everyCut(String name, List<ByteSink> events) {
    sent.begin();
    events.forEach(event -> sent.accept(event, 0));
    boolean joinable = sent.sound() && !sent.overflowed();
    Read whole = Read.of(together(events));
    if (joinable) {
      assertThat(text(sent)).as(name).isEqualTo(whole.text());
      texts++;
    } else {
      unsound++;
    }
    // After its finish a stream is complete. Snowflake sends none, only usage.
    int finish = 0;
    while (finish < events.size() - 1 && Read.of(events.get(finish).toString()).finishes() == 0) {
      finish++;
    }
    for (int cut = 0; cut <= finish; cut++) {
      sent.begin();
      for (int i = 0; i < cut; i++) {
        sent.accept(events.get(i), 0);
      }
      if (!sent.sound()) {
        assertThat(joinable).as(name + " cut at " + cut).isFalse();
        continue; // such a stream is not continued
      }
      cutAt(name + " cut after event " + cut, events, cut, joinable, whole);
    }
  }

  private void cutAt(String as, List<ByteSink> events, int cut, boolean joinable, Read whole) {
    String had = text(sent);
    ByteSink out = new ByteSink();
    int outcome = run(Continuation.Mode.RESTART, events, 0, out);
    if (!joinable) {
      assertThat(outcome).as(as).isEqualTo(Continuation.UNSOUND);
      return;
    }
    assertThat(outcome).as(as).isLessThanOrEqualTo(Continuation.PASSED);
    SentText rest = new SentText();
    rest.begin();
    rest.accept(out, 0);
    assertThat(had + text(rest)).as(as).isEqualTo(whole.text());
    assertThat(out.toString()).as(as).endsWith("data: [DONE]\n\n");
    joined++;
    boolean thorough = cut < 3 || cut % 37 == 0;
    if (thorough) {
      Read read = Read.of(together(events.subList(0, cut)) + out);
      assertThat(read).as(as).isEqualTo(whole);
    }
    if (had.length() > 2 * CHARACTERS_OF_A_RESTART) {
      out.clear();
      outcome = run(Continuation.Mode.PREFIX, events, 0, out);
      assertThat(outcome).as(as).isLessThanOrEqualTo(Continuation.PASSED);
      rest.begin();
      rest.accept(out, 0);
      assertThat(had + text(rest))
          .as(as + ", a prefix that was not heeded")
          .isEqualTo(whole.text());
    }
    // White space at the end is left out of a prefix, so such a cut does not go on where it ended.
    if (!had.isEmpty() && had.equals(had.stripTrailing())) {
      out.clear();
      outcome = run(Continuation.Mode.PREFIX, events, cut, out);
      assertThat(outcome).as(as).isLessThanOrEqualTo(Continuation.PASSED);
      rest.begin();
      rest.accept(out, 0);
      assertThat(had + text(rest)).as(as + ", continued").isEqualTo(whole.text());
    }
  }

  /** The worst outcome of the events from {@code from} on. */
  private int run(Continuation.Mode mode, List<ByteSink> events, int from, ByteSink out) {
    continuation.begin(sent.array(), sent.length(), mode);
    int worst = Continuation.HELD;
    for (ByteSink event : events.subList(from, events.size())) {
      worst = Math.max(worst, continuation.accept(event, 0, out));
    }
    return Math.max(worst, continuation.finish(out));
  }

  @Test
  void chatStreamsJoinAtEveryEvent() throws IOException {
    for (Recorded.Exchange exchange : ChatRecordedTest.streams()) {
      List<ByteSink> events = relayed(new ChatRelayStream(), exchange.response());
      if (events != null) {
        everyCut(exchange.name(), events);
      }
    }
    try (Stream<Path> files = Files.list(Recorded.data().resolve("wire/vercel-ai-chunks"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".chunks.txt")).sorted().toList()) {
        StringBuilder body = new StringBuilder();
        for (String line : Files.readAllLines(file)) {
          if (line.contains("\"choices\"")) {
            body.append("data: ").append(line).append("\n\n");
          }
        }
        List<ByteSink> events = relayed(new ChatRelayStream(), body.toString());
        if (!body.isEmpty() && events != null) {
          everyCut(file.toString(), events);
        }
      }
    }
    assertThat(texts).isGreaterThan(25);
    assertThat(unsound).isGreaterThan(25);
    assertThat(joined).isGreaterThan(1_200);
  }

  @Test
  void anthropicStreamsJoinAtEveryEvent() throws IOException {
    for (Recorded.Exchange exchange : Recorded.messages()) {
      if (!exchange.streamed()) {
        continue;
      }
      List<ByteSink> events = relayed(new AnthropicStream(() -> 1), exchange.response());
      if (events != null) {
        everyCut(exchange.name(), events);
      }
    }
    assertThat(texts).isGreaterThan(7);
    assertThat(unsound).isGreaterThan(10);
    assertThat(joined).isGreaterThan(120);
  }
}
