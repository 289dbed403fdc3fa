package fairlead.server.caching;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.hash.HashSecret;
import fairlead.providers.Operation;
import fairlead.providers.wire.ByteRange;
import fairlead.providers.wire.RequestScan;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What makes requests the same and what apart. */
final class RequestFingerprintTest {
  private static final int ROUNDS = 3000;

  private final long seed = new SplittableRandom().nextLong();
  private final SplittableRandom random = new SplittableRandom(seed);
  private final RequestShapes shapes = new RequestShapes(random);
  private final RequestFingerprint fingerprint = new RequestFingerprint(HashSecret.random());

  /** The digests and the payload of a request. */
  private record Seen(String whole, String partition, @Nullable String payload) {}

  private Seen read(String body) {
    return read(body.getBytes(StandardCharsets.UTF_8));
  }

  private Seen read(byte[] body) {
    return read(body, Operation.CHAT, 1, 2, null);
  }

  private Seen read(
      byte[] body, Operation operation, long high, long low, @Nullable PayloadMark mark) {
    byte[] shifted = new byte[body.length + 3];
    System.arraycopy(body, 0, shifted, 3, body.length);
    RequestScan scan = new RequestScan();
    assertThat(scan.scan(shifted, 3, shifted.length)).as(scan.errorMessage()).isTrue();
    fingerprint.read(scan, operation, high, low, mark);
    String payload =
        fingerprint.hasPayload()
            ? new String(
                fingerprint.payload(),
                fingerprint.payloadStart(),
                fingerprint.payloadEnd() - fingerprint.payloadStart(),
                StandardCharsets.UTF_8)
            : null;
    return new Seen(
        fingerprint.wholeHigh() + " " + fingerprint.wholeLow(),
        fingerprint.partitionHigh() + " " + fingerprint.partitionLow(),
        payload);
  }

  @Test
  void orderOfMembersWhiteSpaceAndEscapesDoNotCount() {
    for (int round = 0; round < ROUNDS; round++) {
      Map<String, Object> body = shapes.chat();
      Seen plain = read(RequestShapes.plain(body));
      byte[] other = shapes.shuffled(body);
      assertThat(read(other))
          .as("seed %s, round %s: %s", seed, round, new String(other, StandardCharsets.UTF_8))
          .isEqualTo(plain);
    }
  }

  @Test
  void anySingleChangeGivesAnotherDigest() {
    for (int round = 0; round < ROUNDS; round++) {
      Map<String, Object> body = shapes.chat();
      Map<String, Object> changed = shapes.changed(body);
      Seen before = read(RequestShapes.plain(body));
      Seen after = read(shapes.shuffled(changed));
      String shown = "seed " + seed + ", round " + round + ": " + body + " and " + changed;
      assertThat(after.whole()).as(shown).isNotEqualTo(before.whole());
      if (after.partition().equals(before.partition())) {
        assertThat(after.payload()).as(shown).isNotNull().isNotEqualTo(before.payload());
        assertThat(before.payload()).as(shown).isNotNull();
      }
    }
  }

  @Test
  void recordedRequestsAreTheSameInAnyFormAndApartFromEachOther() {
    Map<String, Map<String, Object>> seen = new HashMap<>();
    int tried = 0;
    for (Recorded.Chat chat : Recorded.chats()) {
      byte[] recorded = chat.request().getBytes(StandardCharsets.UTF_8);
      RequestScan scan = new RequestScan();
      if (!scan.scan(recorded, 0, recorded.length)) {
        continue;
      }
      tried++;
      @SuppressWarnings("unchecked")
      Map<String, Object> body =
          (Map<String, Object>) RequestShapes.withoutNulls(Recorded.object(chat.request()));
      Seen original = read(recorded);
      assertThat(read(shapes.shuffled(body))).as("seed %s, %s", seed, chat).isEqualTo(original);
      assertThat(read(shapes.shuffled(shapes.changed(body))).whole())
          .as("seed %s, %s", seed, chat)
          .isNotEqualTo(original.whole());
      body.keySet().removeAll(Set.of("model", "stream", "stream_options"));
      Map<String, Object> before = seen.put(original.whole(), body);
      if (before != null) {
        assertThat(before).as(chat.source()).isEqualTo(body);
      }
    }
    assertThat(tried).isGreaterThan(150);
  }

  /** Skeletons are found again by comparing bytes: their twin walks every request anew. */
  @Test
  void aRequestWhoseRestWasSeenBeforeIsReadAsOneThatIsNew() {
    HashSecret secret = HashSecret.random();
    RequestFingerprint seasoned = new RequestFingerprint(secret);
    String[] skeletons = {
      "{'model':'a','temperature':0.2,'messages':[{'role':'user','content':'%s'}]}",
      "{'model':'a','temperature':0.7,'messages':[{'role':'user','content':'%s'}]}",
      "{'model':'a','temperature':0.2,'messages':[{'role':'user','content':'%s'}],'n':2}",
      "{'messages':[{'role':'system','content':'Be \\u0062rief.'},{'role':'user','content':'%s'}]}",
      "{'messages':[{'role':'system','content':'Be brief.'},{'content':'%s', 'role':'user'}]}",
      "{'user':'u','tools':[{'type':'function','function':{'name':'f'}}],"
          + "'messages':[{'role':'user','content':'%s'}],'seed':1}",
      "{'messages':[{'role':'user','content':[{'type':'text','text':'%s'}]}]}",
      "{'messages':[{'role':'user','content':[{'type':'image_url','image_url':{'url':'x'}},"
          + "{'type':'text','text':'%s'}]}]}",
      "{'messages':[{'role':'user','content':'one'}],'messages':[{'role':'user','content':'%s'}]}",
    };
    String[] payloads = {
      "", "x", "0.2", "Why did job 17 fail?", "W\\u0068y?", "'.'", "Żółw", "y".repeat(3_000)
    };
    for (int round = 0; round < ROUNDS; round++) {
      String text = payloads[random.nextInt(payloads.length)];
      if (random.nextBoolean()) {
        text += Integer.toString(random.nextInt(1_000));
      }
      String skeleton = skeletons[random.nextInt(round % 1_000 < 500 ? 2 : skeletons.length)];
      byte[] body = skeleton.formatted(text).replace('\'', '"').getBytes(StandardCharsets.UTF_8);
      RequestScan scan = new RequestScan();
      if (!scan.scan(body, 0, body.length)) {
        continue;
      }
      long high = random.nextInt(3);
      RequestFingerprint fresh = new RequestFingerprint(secret);
      seasoned.read(scan, Operation.CHAT, high, 2, null);
      fresh.read(scan, Operation.CHAT, high, 2, null);
      assertThat(described(seasoned))
          .as("seed %s, round %s: %s", seed, round, new String(body, StandardCharsets.UTF_8))
          .isEqualTo(described(fresh));
      seasoned.forget();
    }
  }

  private static String described(RequestFingerprint read) {
    return read.wholeHigh()
        + " "
        + read.wholeLow()
        + " "
        + read.partitionHigh()
        + " "
        + read.partitionLow()
        + " "
        + read.traits()
        + " "
        + read.temperature()
        + " "
        + read.hasOtherParts()
        + " "
        + read.hasPayload()
        + " "
        + new String(
            read.payload(),
            read.payloadStart(),
            read.payloadEnd() - read.payloadStart(),
            StandardCharsets.UTF_8);
  }

  @Test
  void digestsOfOtherOwnersRoutesOperationsAndSecretsDiffer() {
    Set<String> wholes = new HashSet<>();
    Set<String> partitions = new HashSet<>();
    byte[] body = RequestShapes.plain(shapes.chat());
    int made = 0;
    for (int i = 0; i < 500; i++) {
      long high = random.nextLong(20);
      Seen seen = read(body, Operation.CHAT, high, made, null);
      wholes.add(seen.whole());
      partitions.add(seen.partition());
      made++;
    }
    for (Operation operation : new Operation[] {Operation.COMPLETIONS, Operation.EMBEDDINGS}) {
      wholes.add(read(body, operation, 1, 0, null).whole());
      made++;
    }
    RequestFingerprint other = new RequestFingerprint(HashSecret.random());
    RequestScan scan = new RequestScan();
    scan.scan(body, 0, body.length);
    other.read(scan, Operation.CHAT, 1, 0, null);
    wholes.add(other.wholeHigh() + " " + other.wholeLow());
    assertThat(wholes).as("seed " + seed).hasSize(made + 1);
    assertThat(partitions).as("seed " + seed).hasSize(500);
  }

  @Test
  void generatedRequestsOfTwoTenantsNeverMeet() {
    Map<String, Long> tenants = new HashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      byte[] body = RequestShapes.plain(shapes.chat());
      for (long tenant = 0; tenant < 2; tenant++) {
        Seen seen = read(body, Operation.CHAT, tenant, 7, null);
        assertThat(tenants.put(seen.whole(), tenant)).isIn(null, tenant);
        assertThat(tenants.put(seen.partition(), tenant)).isIn(null, tenant);
      }
    }
  }

  @Test
  void formOfTheAnswerAndNameOfTheModelAreLeftOutAtTheTopOnly() {
    String rest = "\"messages\":[{\"role\":\"user\",\"content\":\"why?\"}]}";
    Seen plain = read("{" + rest);
    assertThat(read("{\"model\":\"a\"," + rest)).isEqualTo(plain);
    assertThat(read("{\"stream\":true,\"stream_options\":{\"include_usage\":true}," + rest))
        .isEqualTo(plain);
    assertThat(read("{\"\\u0073tream\":true," + rest)).isEqualTo(plain);
    assertThat(read("{\"Stream\":true," + rest)).isNotEqualTo(plain);
    Seen inside = read("{\"metadata\":{\"model\":\"a\",\"stream\":true}," + rest);
    assertThat(read("{\"metadata\":{\"model\":\"b\",\"stream\":true}," + rest))
        .isNotEqualTo(inside);
    assertThat(read("{\"metadata\":{\"model\":\"a\",\"stream\":false}," + rest))
        .isNotEqualTo(inside);
  }

  @Test
  void typesAndPlacesOfValuesCount() {
    List<String> bodies = new ArrayList<>();
    for (String value :
        new String[] {
          "1",
          "1.0",
          "1e0",
          "\"1\"",
          "true",
          "\"true\"",
          "null",
          "\"null\"",
          "\"\"",
          "[]",
          "{}",
          "[[]]",
          "[{}]",
          "[1]",
          "[\"1\"]",
          "[[1]]",
          "[1,2]",
          "[2,1]",
          "[[1],2]",
          "[[1,2]]",
          "{\"a\":1}",
          "{\"a\":[1]}",
          "{\"a\":1,\"b\":2}",
          "{\"a\":2,\"b\":1}",
          "{\"a\":{\"b\":1}}",
          "{\"a\":{},\"b\":1}",
          "{\"a\":{\"b\":1,\"c\":1}}",
          "{\"a\":{\"b\":1},\"c\":1}",
          "{\"\":\"\"}",
          "{\"a\":1,\"a\":2}",
          "{\"a\":2,\"a\":1}",
          "{\"a\":1,\"a\":1}",
          "[\"a\",1]",
          "[\"a\",\"b\"]",
          "[\"ab\",\"\"]",
          "[\"\",\"ab\"]",
          "\"\\ud800\"",
          "\"\\ud801\"",
          "\"\\ufffd\"",
          "\"\\ud83d\\ude00\"",
          "\"\\u0000\""
        }) {
      bodies.add("{\"x\":" + value + "}");
    }
    Set<String> wholes = new HashSet<>();
    for (String body : bodies) {
      wholes.add(read(body).whole());
    }
    assertThat(wholes).hasSize(bodies.size());
  }

  @Test
  void manyMembersInAnyOrderAreTheSameInReasonableTime() {
    List<String> members = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      members.add("\"k" + i + "\":" + i);
    }
    Seen up = read("{" + String.join(",", members) + "}");
    assertThat(read("{" + String.join(",", members.reversed()) + "}")).isEqualTo(up);
  }

  @Test
  void deepestNestingIsRead() {
    Set<String> wholes = new HashSet<>();
    for (int depth : new int[] {500, 510, 511}) {
      wholes.add(read("{\"x\":" + "[".repeat(depth) + "]".repeat(depth) + "}").whole());
    }
    String open = "{\"x\":".repeat(511);
    wholes.add(read(open + "{}" + "}".repeat(511)).whole());
    assertThat(wholes).hasSize(4);
  }

  @Test
  void payloadIsTheLastMessageIfItIsAUsersAndOneText() {
    String user = "{\"role\":\"user\",\"content\":\"why \\\"now\\\"?\"}";
    Seen one = read("{\"messages\":[" + user + "]}");
    assertThat(one.payload()).isEqualTo("why \"now\"?");
    Seen other = read("{\"messages\":[{\"content\":\"how?\",\"role\":\"user\"}]}");
    assertThat(other.payload()).isEqualTo("how?");
    assertThat(other.partition()).isEqualTo(one.partition());
    assertThat(other.whole()).isNotEqualTo(one.whole());

    Seen answered =
        read("{\"messages\":[" + user + ",{\"role\":\"assistant\",\"content\":\"so\"}]}");
    assertThat(answered.payload()).isNull();
    assertThat(answered.partition()).isEqualTo(answered.whole()).isNotEqualTo(one.partition());
    assertThat(read("{\"messages\":[{\"role\":\"system\",\"content\":\"x\"}]}").payload()).isNull();
    assertThat(read("{\"messages\":[{\"role\":\"user\",\"content\":null}]}").payload()).isNull();
    assertThat(read("{\"messages\":[{\"role\":\"user\"}]}").payload()).isNull();
    assertThat(read("{\"messages\":[{\"role\":\"user\",\"content\":\"\\ud800\"}]}").payload())
        .isNull();
  }

  @Test
  void payloadMayBeTheOnlyTextAmongParts() {
    String before = "{\"messages\":[{\"role\":\"user\",\"content\":[";
    String text = "{\"type\":\"text\",\"text\":\"what is this?\"}";
    String image = "{\"type\":\"image_url\",\"image_url\":{\"url\":\"u\"}}";
    Seen alone = read(before + text + "]}]}");
    assertThat(alone.payload()).isEqualTo("what is this?");
    assertThat(fingerprint.hasOtherParts()).isFalse();
    assertThat(Trait.ATTACHMENTS.in(fingerprint.traits())).isFalse();
    Seen shown = read(before + text + "," + image + "]}]}");
    assertThat(shown.payload()).isEqualTo("what is this?");
    assertThat(fingerprint.hasOtherParts()).isTrue();
    assertThat(Trait.ATTACHMENTS.in(fingerprint.traits())).isTrue();
    assertThat(shown.partition()).isNotEqualTo(alone.partition());
    Seen two = read(before + text + "," + text.replace("what", "who") + "]}]}");
    assertThat(two.payload()).isNull();
    assertThat(two.whole())
        .isNotEqualTo(read(before + text + "," + text.replace("what", "how") + "]}]}").whole());
    String nested = "{\"type\":\"x\",\"x\":{\"text\":\"inner\"}}";
    assertThat(read(before + text + "," + nested + "]}]}").payload()).isEqualTo("what is this?");
  }

  @Test
  void payloadOfACompletionIsItsPromptIfThatIsOneText() {
    Seen one =
        read(
            "{\"prompt\":\"once upon\"}".getBytes(StandardCharsets.UTF_8),
            Operation.COMPLETIONS,
            1,
            2,
            null);
    assertThat(one.payload()).isEqualTo("once upon");
    Seen several =
        read(
            "{\"prompt\":[\"once\",\"upon\"]}".getBytes(StandardCharsets.UTF_8),
            Operation.COMPLETIONS,
            1,
            2,
            null);
    assertThat(several.payload()).isNull();
  }

  @Test
  void markersCutThePayloadAndTheRestMustBeEqual() throws InvalidControl {
    PayloadMark mark = mark("start=BEGIN;end=END");
    Seen one = readChat("Explain.\nBEGIN a log END Thanks", mark);
    assertThat(one.payload()).isEqualTo(" a log ");
    Seen other = readChat("Explain.\nBEGIN another END inside END Thanks", mark);
    assertThat(other.payload()).isEqualTo(" another END inside ");
    assertThat(other.partition()).isEqualTo(one.partition());
    assertThat(readChat("Translate.\nBEGIN a log END Thanks", mark).partition())
        .isNotEqualTo(one.partition());
    assertThat(readChat("Explain.\nBEGIN a log END thanks", mark).partition())
        .isNotEqualTo(one.partition());
    assertThat(readChat("Explain.\na log END Thanks", mark).payload()).isNull();
    assertThat(readChat("Explain.\nBEGIN a log", mark).payload()).isNull();
    assertThat(readChat("END BEGIN", mark).payload()).isNull();
    assertThat(readChat("Explain.\nBEGIN a log END Thanks", null).whole()).isEqualTo(one.whole());
  }

  @Test
  void pointerLeadsToAnotherText() throws InvalidControl {
    PayloadMark mark = mark("pointer=/messages/0/content");
    String body =
        "{\"messages\":[{\"role\":\"system\",\"content\":\"the log\"},"
            + "{\"role\":\"user\",\"content\":\"why?\"}]}";
    Seen one = read(body.getBytes(StandardCharsets.UTF_8), Operation.CHAT, 1, 2, mark);
    assertThat(one.payload()).isEqualTo("the log");
    Seen other =
        read(
            body.replace("why", "how").getBytes(StandardCharsets.UTF_8),
            Operation.CHAT,
            1,
            2,
            mark);
    assertThat(other.partition()).isNotEqualTo(one.partition());
    PayloadMark nowhere = mark("pointer=/messages/7/content");
    assertThat(read(body.getBytes(StandardCharsets.UTF_8), Operation.CHAT, 1, 2, nowhere).payload())
        .isNull();
  }

  private static PayloadMark mark(String header) throws InvalidControl {
    PayloadMark mark = new PayloadMark();
    byte[] bytes = header.getBytes(StandardCharsets.UTF_8);
    mark.read(new ByteRange().set(bytes, 0, bytes.length));
    return mark;
  }

  private Seen readChat(String text, @Nullable PayloadMark mark) {
    return read(
        RequestShapes.plain(Map.of("messages", List.of(Map.of("role", "user", "content", text)))),
        Operation.CHAT,
        1,
        2,
        mark);
  }
}
