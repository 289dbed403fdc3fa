package fairlead.providers.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import fairlead.providers.UpstreamException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SseReaderTest {

  /** Feeds {@code stream} cut at the given places; checks that no byte is lost or added. */
  static List<String> events(byte[] stream, int... cuts) throws UpstreamException {
    SseReader reader = new SseReader();
    SseEvent event = new SseEvent();
    List<String> events = new ArrayList<>();
    ByteSink whole = new ByteSink();
    int at = 0;
    for (int i = 0; i <= cuts.length; i++) {
      int to = i < cuts.length ? cuts[i] : stream.length;
      while (at < to) {
        reader.reserve();
        int count = Math.min(reader.room(), to - at);
        System.arraycopy(stream, at, reader.buffer(), reader.limit(), count);
        reader.advance(count);
        at += count;
        while (reader.next(event)) {
          collect(event, whole, events);
        }
      }
    }
    reader.end();
    while (reader.next(event)) {
      collect(event, whole, events);
    }
    assertThat(reader.pending()).isZero();
    assertThat(whole.toByteArray()).isEqualTo(stream);
    return events;
  }

  private static void collect(SseEvent event, ByteSink whole, List<String> events) {
    ByteRange bytes = event.whole();
    assertThat(bytes.isEmpty()).isFalse();
    whole.append(bytes.array(), bytes.start(), bytes.length());
    if (!event.name().isEmpty() || !event.data().isEmpty()) {
      events.add(event.name() + "|" + event.data());
    }
  }

  private static List<String> events(String stream) throws UpstreamException {
    byte[] bytes = stream.getBytes(StandardCharsets.UTF_8);
    List<String> expected = events(bytes);
    int[] each = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      each[i] = i;
      assertThat(events(bytes, i)).as("cut at " + i).isEqualTo(expected);
    }
    assertThat(events(bytes, each)).as("byte by byte").isEqualTo(expected);
    return expected;
  }

  @Test
  void endsLinesInAllThreeWays() throws UpstreamException {
    for (String end : new String[] {"\n", "\r\n", "\r"}) {
      String stream = "event: a\ndata: 1\n\ndata: 2\n\n: c\n\nevent:b\ndata:3\ndata:4\n\n";
      assertThat(events(stream.replace("\n", end))).containsExactly("a|1", "|2", "b|3\n4");
    }
    assertThat(events("data: 1\r\n\n\rdata: 2\n\r\rdata: 3\r\n\r\n"))
        .containsExactly("|1", "|2", "|3");
  }

  @Test
  void readsFieldsAsTheSpecificationSays() throws UpstreamException {
    assertThat(events("data\n\n")).isEmpty();
    assertThat(events("data:\n\n")).isEmpty();
    assertThat(events("data\ndata\n\n")).containsExactly("|\n");
    assertThat(events("data:a\n\n")).containsExactly("|a");
    assertThat(events("data: a\n\n")).containsExactly("|a");
    assertThat(events("data:  a \n\n")).containsExactly("| a ");
    assertThat(events("data : a\n\n")).isEmpty();
    assertThat(events("datax: a\n\n")).isEmpty();
    assertThat(events("Data: a\n\n")).isEmpty();
    assertThat(events(" data: a\n\n")).isEmpty();
    assertThat(events("id: 1\nretry: 5\ndata: a\nid\nfoo: bar\n\n")).containsExactly("|a");
    assertThat(events("event: x\nevent: y\ndata: a\n\n")).containsExactly("y|a");
    assertThat(events("event\ndata: a\n\n")).containsExactly("|a");
    assertThat(events("event: x\n\n")).containsExactly("x|");
    assertThat(events(": data: no\n:\ndata: a\n\n")).containsExactly("|a");
    assertThat(events("data: YHOO\ndata: +2\ndata: 10\n\n")).containsExactly("|YHOO\n+2\n10");
    assertThat(events("dat\n\nda\n\nd\n\neven\n\nev\n\ne: 1\n\n")).isEmpty();
  }

  @Test
  void passesOverAByteOrderMarkAtTheStartOnly() throws UpstreamException {
    assertThat(events("\ufeffdata: 1\n\n\ufeffdata: 2\n\ndata: 3\n\n")).containsExactly("|1", "|3");
    assertThat(events("\ufeff")).isEmpty();
    assertThat(events("\ufeffdata: 1")).containsExactly("|1");
  }

  @Test
  void whatIsLeftAtTheEndIsAnEvent() throws UpstreamException {
    assertThat(events("data: 1\n\ndata: [DONE]")).containsExactly("|1", "|[DONE]");
    assertThat(events("data: 1\n\ndata: [DONE]\n")).containsExactly("|1", "|[DONE]");
    assertThat(events("data: 1\n\ndata: [DONE]\r")).containsExactly("|1", "|[DONE]");
    assertThat(events("data: 1\n\ndata: a\ndata: b")).containsExactly("|1", "|a\nb");
    assertThat(events("")).isEmpty();
  }

  @Test
  void handsOutAnEventAsSoonAsItsBlankLineEnds() throws UpstreamException {
    SseReader reader = new SseReader();
    SseEvent event = new SseEvent();
    feed(reader, "data: 1\r\n\r");
    assertThat(reader.next(event)).isTrue();
    assertThat(event.data()).hasToString("1");
    feed(reader, "\n");
    assertThat(reader.next(event)).isFalse();
    feed(reader, "data: 2\r\n\r\n");
    assertThat(reader.next(event)).isTrue();
    assertThat(event.data()).hasToString("2");
    assertThat(reader.next(event)).isFalse();
  }

  private static void feed(SseReader reader, String text) throws UpstreamException {
    reader.reserve();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, reader.buffer(), reader.limit(), bytes.length);
    reader.advance(bytes.length);
  }

  @Test
  void boundsTheEvent() throws UpstreamException {
    SseReader reader = new SseReader(1000);
    SseEvent event = new SseEvent();
    // Many small ones pass through the same buffer.
    for (int i = 0; i < 1000; i++) {
      feed(reader, "data: " + i + "\n\n");
      assertThat(reader.next(event)).isTrue();
      assertThat(event.data()).hasToString("" + i);
    }
    assertThatThrownBy(
            () -> {
              while (true) {
                feed(reader, "x");
                assertThat(reader.next(event)).isFalse();
              }
            })
        .isInstanceOf(UpstreamException.class)
        .hasMessage("a server-sent event is longer than 1000 bytes");
    assertThat(reader.pending()).isEqualTo(1000);
    reader.clear();
    feed(reader, "data: again\n\n");
    assertThat(reader.next(event)).isTrue();
    assertThat(event.data()).hasToString("again");
  }

  @Test
  void takesALargeEventInManyReads() throws UpstreamException {
    String large = "y".repeat(10_000_000);
    byte[] stream =
        ("data: 1\n\ndata: " + large + "\n\ndata: 2\n\n").getBytes(StandardCharsets.UTF_8);
    int[] cuts = new int[stream.length / 7000];
    for (int i = 0; i < cuts.length; i++) {
      cuts[i] = i * 7000;
    }
    assertThat(events(stream, cuts)).containsExactly("|1", "|" + large, "|2");
  }

  @Test
  void theBufferGrowsWithWhatComesAtOnceAndNotBefore() throws UpstreamException {
    SseReader reader = new SseReader();
    SseEvent event = new SseEvent();
    byte[] small = "data: one token of a slow stream\n\n".getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 1_000; i++) {
      reader.reserve();
      System.arraycopy(small, 0, reader.buffer(), reader.limit(), small.length);
      reader.advance(small.length);
      assertThat(reader.next(event)).isTrue();
    }
    assertThat(reader.buffer()).hasSize(1024);

    byte[] line = ": much at once\n\n".getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 5; i++) {
      reader.reserve();
      for (int to = reader.limit(), end = to + reader.room(), at = 0; to < end; to++, at++) {
        reader.buffer()[to] = line[at % line.length];
      }
      reader.advance(reader.room());
      while (reader.next(event)) {
        // only how much fits is asked
      }
    }
    assertThat(reader.buffer()).hasSize(8 * 1024);
  }
}
