package fairlead.cache.earn;

import static org.assertj.core.api.Assertions.assertThat;

import fairlead.cache.earn.AnswerAgreement.Verdict;
import fairlead.cache.earn.RouteTrust.Decision;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written is read again; what is torn is passed over; what is too much goes. */
final class ObservationLogTest {
  @TempDir private Path folder = Path.of("");

  @Test
  void everyObservationComesBack() throws IOException {
    List<Observation> all = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < 500; i++) {
      all.add(random(random, i));
    }
    try (ObservationLog log = new ObservationLog(folder, 1 << 20, true)) {
      all.forEach(log::add);
    }
    assertThat(read()).isEqualTo(all);
  }

  private static Observation random(SplittableRandom random, int i) {
    NearTier tier = NearTier.values()[random.nextInt(3)];
    float score = random.nextInt(1_000) / 1_000f;
    String route = "route \"" + i + "\"\n\u2028é🙂\u0001";
    return switch (random.nextInt(4)) {
      case 0 -> Observation.lookups(i, route, tier, 1 + i);
      case 1 -> Observation.refused(i, route, tier, score, "NUMBERS");
      case 2 -> Observation.decided(i, route, tier, score, Decision.SERVE, null).times(1 + i);
      default ->
          Observation.decided(i, route, tier, score, Decision.CHECK, Verdict.UNSURE)
              .withTexts("what\tis this?", "and \\ that");
    };
  }

  @Test
  void textsAreNotWrittenUnlessAskedFor() throws IOException {
    try (ObservationLog log = new ObservationLog(folder, 1 << 20, false)) {
      log.add(
          Observation.decided(1, "r", NearTier.PROSE, 0.99f, Decision.CHECK, Verdict.AGREES)
              .withTexts("my secret", "another secret"));
    }
    assertThat(Files.readString(folder.resolve("observations.jsonl")))
        .isEqualTo(
            "{\"t\":1,\"route\":\"r\",\"tier\":\"prose\",\"score\":0.99,\"decision\":\"check\","
                + "\"agreed\":\"agrees\"}\n");
  }

  @Test
  void theLogKeepsItsBoundAndTheNewestLines() throws IOException {
    try (ObservationLog log = new ObservationLog(folder, 10_000, false)) {
      for (int i = 0; i < 2_000; i++) {
        log.add(Observation.lookups(i, "r", NearTier.LINES, 1));
        if (i % 7 == 0) {
          log.flush();
        }
      }
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> all = files.toList();
      assertThat(all).hasSize(2);
      for (Path file : all) {
        assertThat(Files.size(file)).isLessThanOrEqualTo(5_000);
      }
    }
    List<Observation> read = read();
    assertThat(read.getLast().timeMillis()).isEqualTo(1_999);
    assertThat(read).hasSizeGreaterThan(50);
    for (int i = 1; i < read.size(); i++) {
      assertThat(read.get(i).timeMillis()).isEqualTo(read.get(i - 1).timeMillis() + 1);
    }
  }

  @Test
  void aTailTornAnywhereCostsItsOwnLineOnly() throws IOException {
    Path file = folder.resolve("observations.jsonl");
    byte[] whole;
    try (ObservationLog log = new ObservationLog(folder, 1 << 20, true)) {
      log.add(Observation.lookups(1, "é", NearTier.LINES, 1));
      log.add(Observation.refused(2, "é", NearTier.LINES, 0.5f, "NAMES"));
      log.flush();
      whole = Files.readAllBytes(file);
    }
    for (int cut = 0; cut <= whole.length; cut++) {
      Files.write(file, Arrays.copyOf(whole, cut));
      try (ObservationLog log = new ObservationLog(folder, 1 << 20, true)) {
        log.add(Observation.lookups(3, "after", NearTier.LINES, 1));
      }
      List<Observation> read = read();
      assertThat(read.getLast().route()).as("cut at %d", cut).isEqualTo("after");
      assertThat(read.size()).isLessThanOrEqualTo(3);
    }
  }

  @Test
  void linesOfAnotherKindAreCounted() throws IOException {
    Path file = folder.resolve("other.jsonl");
    Files.writeString(
        file,
        """
        {"t":1,"route":"r","tier":"lines","lookups":5}
        {"t":1,"route":"r","tier":"nosuch","lookups":5}
        {"t":1,"route":"r","tier":"lines","lookups":-5}
        {"t":1,"route":"r","tier":"lines","score":0.9}
        not json

        {"t":1,"route":"r","tier":"lines","sc""");
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe}, StandardOpenOption.APPEND);
    List<Observation> seen = new ArrayList<>();
    assertThat(ObservationLog.read(file, seen::add)).isEqualTo(new ObservationLog.Reading(6, 5));
    assertThat(seen).hasSize(1);
  }

  @Test
  void anyBytesCanBeRead() throws IOException {
    SplittableRandom random = new SplittableRandom(12);
    byte[] alphabet = "{}[]\":,\\tu0e.-+19 routiescl\n".getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 300; i++) {
      byte[] bytes = new byte[random.nextInt(200)];
      for (int k = 0; k < bytes.length; k++) {
        bytes[k] =
            random.nextInt(10) == 0
                ? (byte) random.nextInt()
                : alphabet[random.nextInt(alphabet.length)];
      }
      Path file = Files.write(folder.resolve("fuzz"), bytes);
      ObservationLog.Reading reading = ObservationLog.read(file, _ -> {});
      assertThat(reading.unreadable()).isLessThanOrEqualTo(reading.lines());
    }
  }

  @Test
  void aFolderThatIsGoneCostsLinesAndNothingElse() throws IOException {
    Path gone = folder.resolve("gone");
    try (ObservationLog log = new ObservationLog(gone, 1 << 20, false)) {
      log.add(Observation.lookups(1, "r", NearTier.LINES, 1));
      log.flush();
      assertThat(log.lost()).isEqualTo(1);
      Files.createDirectory(gone);
      log.add(Observation.lookups(2, "r", NearTier.LINES, 1));
      log.flush();
      assertThat(log.lost()).isEqualTo(1);
    }
    assertThat(ObservationLog.isIn(gone)).isTrue();
    assertThat(ObservationLog.isIn(folder)).isFalse();
  }

  private List<Observation> read() throws IOException {
    List<Observation> all = new ArrayList<>();
    ObservationLog.read(folder, all::add);
    return all;
  }

  @Test
  void onlyTheOwnerMayReadIt() throws IOException {
    try (ObservationLog log = new ObservationLog(folder, 1 << 20, false)) {
      log.add(
          Observation.decided(1, "*direct", NearTier.PROSE, 0.9f, RouteTrust.Decision.SERVE, null));
    }
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("observations.jsonl"))))
        .isEqualTo("rw-------");
    List<Observation> seen = new ArrayList<>();
    ObservationLog.read(folder, seen::add);
    assertThat(seen).singleElement().extracting(Observation::route).isEqualTo("*direct");
  }
}
