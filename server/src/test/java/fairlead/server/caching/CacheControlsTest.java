package fairlead.server.caching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What headers say about the cache. */
final class CacheControlsTest {
  private static final long DAY = 86_400_000;

  private static CacheControls read(String... namesAndValues) throws InvalidControl {
    CacheControls controls = new CacheControls();
    controls.read(new HeadersOnly(namesAndValues));
    return controls;
  }

  @Test
  void withoutHeadersAllIsAllowed() throws InvalidControl {
    CacheControls controls = read();
    assertThat(controls.mayLookUp()).isTrue();
    assertThat(controls.mayStore()).isTrue();
    assertThat(controls.only()).isFalse();
    assertThat(controls.ttlMillis()).isEqualTo(CacheControls.UNBOUNDED);
    assertThat(controls.scope().isEmpty()).isTrue();
    assertThat(controls.mark()).isNull();
    assertThat(controls.accepts(0, DAY, DAY - 1)).isTrue();
    assertThat(controls.accepts(0, DAY, DAY)).isFalse();
  }

  @Test
  void eachModeAndDirectiveForbidsWhatItShould() throws InvalidControl {
    Map<String, String> looksStoresOnly =
        Map.of(
            "x-fairlead-cache: off", "",
            "x-fairlead-cache: refresh", "store",
            "x-fairlead-cache: ONLY", "look store only",
            "cache-control: no-store", "",
            "cache-control: No-Cache", "store",
            "cache-control: max-age=0", "store",
            "cache-control: only-if-cached", "look store only",
            "cache-control: no-transform, private=\"a, no-store\"", "look store",
            "cache-control: , no-cache ,, no-store", "",
            "cache-control: max-stale", "look store");
    for (Map.Entry<String, String> each : looksStoresOnly.entrySet()) {
      String[] header = each.getKey().split(": ", 2);
      CacheControls controls = read(header);
      String found =
          (controls.mayLookUp() ? "look " : "")
              + (controls.mayStore() ? "store " : "")
              + (controls.only() ? "only" : "");
      assertThat(found.strip()).as(each.getKey()).isEqualTo(each.getValue());
    }
  }

  @Test
  void theStricterWins() throws InvalidControl {
    CacheControls controls = read("x-fairlead-cache", "refresh", "cache-control", "no-store");
    assertThat(controls.mayLookUp()).isFalse();
    assertThat(controls.mayStore()).isFalse();
    assertThat(read("x-fairlead-cache", "only", "cache-control", "no-cache").mayLookUp()).isFalse();
    CacheControls ages = read("cache-control", "max-age=60, max-age=\"10\", min-fresh=5");
    assertThat(ages.maxAgeMillis()).isEqualTo(10_000);
    assertThat(ages.accepts(0, DAY, 10_000)).isTrue();
    assertThat(ages.accepts(0, DAY, 10_001)).isFalse();
    assertThat(ages.accepts(DAY - 9_000, DAY + 1, DAY - 5_000)).isTrue();
    assertThat(ages.accepts(DAY - 9_000, DAY, DAY - 5_000)).isFalse();
  }

  @Test
  void everyLineOfTheDirectivesCounts() throws InvalidControl {
    CacheControls controls =
        read("cache-control", "max-age=60", "accept", "x", "cache-control", "max-age=5, no-store");
    assertThat(controls.mayStore()).isFalse();
    assertThat(controls.mayLookUp()).isFalse();
    assertThat(controls.maxAgeMillis()).isEqualTo(5_000);
    CacheControls three =
        read(
            "cache-control", "", "cache-control", "only-if-cached", "cache-control", "min-fresh=7");
    assertThat(three.only()).isTrue();
    assertThat(three.mayLookUp()).isTrue();
    assertThat(three.minFreshMillis()).isEqualTo(7_000);
  }

  @Test
  void aTimeThatIsNoneRefusesNoCall() throws InvalidControl {
    for (String age : new String[] {"max-age", "max-age=", "max-age=soon", "max-age=-1"}) {
      for (String more : new String[] {"", ", max-age=60"}) {
        CacheControls controls = read("cache-control", age + more);
        assertThat(controls.maxAgeMillis()).as(age + more).isZero();
        assertThat(controls.mayLookUp()).as(age + more).isFalse();
        assertThat(controls.mayStore()).as(age + more).isTrue();
      }
    }
    for (String other :
        new String[] {
          "min-fresh", "min-fresh=\"\"", "min-fresh=1.5", "max-stale=x", "max-stale=5"
        }) {
      CacheControls controls = read("cache-control", other);
      assertThat(controls.accepts(0, DAY, DAY - 1)).as(other).isTrue();
      assertThat(controls.accepts(0, DAY, DAY)).as(other).isFalse();
      assertThat(controls.mayStore()).as(other).isTrue();
      assertThat(read("cache-control", other + ", min-fresh=2").minFreshMillis()).isEqualTo(2_000);
    }
  }

  @Test
  void timesAndNamesAreRead() throws InvalidControl {
    CacheControls controls =
        read("x-fairlead-cache-ttl", "90", "x-fairlead-cache-scope", "team-7.ci:main");
    assertThat(controls.ttlMillis()).isEqualTo(90_000);
    assertThat(controls.scope()).hasToString("team-7.ci:main");
    assertThat(read("x-fairlead-cache-ttl", "0").ttlMillis()).isZero();
    assertThat(read("x-fairlead-cache-ttl", "99999999999999999999").ttlMillis())
        .isEqualTo((1L << 31) * 1000);
  }

  @Test
  void whatCannotBeFollowedIsRefusedWithHeaderAndValue() {
    String[][] bad = {
      {"x-fairlead-cache", "on"},
      {"x-fairlead-cache", ""},
      {"x-fairlead-cache-ttl", "-1"},
      {"x-fairlead-cache-ttl", "1.5"},
      {"x-fairlead-cache-ttl", ""},
      {"x-fairlead-cache-scope", "a b"},
      {"x-fairlead-cache-scope", ""},
      {"x-fairlead-cache-scope", "a".repeat(65)},
      {"x-fairlead-cache-payload", ""},
      {"x-fairlead-cache-payload", "middle"},
      {"x-fairlead-cache-payload", "start="},
      {"x-fairlead-cache-payload", "start=a;start=b"},
      {"x-fairlead-cache-payload", "start=a;"},
      {"x-fairlead-cache-payload", "start=%4"},
      {"x-fairlead-cache-payload", "start=%zz"},
      {"x-fairlead-cache-payload", "pointer=messages"},
      {"x-fairlead-cache-payload", "pointer=/a~2"},
      {"x-fairlead-cache-payload", "pointer=/a;pointer=/b"},
      {"x-fairlead-cache-payload", "start=" + "a".repeat(1100)},
    };
    for (String[] header : bad) {
      assertThatThrownBy(() -> read(header))
          .as(String.join(": ", header))
          .isInstanceOfSatisfying(
              InvalidControl.class,
              invalid -> {
                assertThat(invalid.header()).isEqualTo(header[0]);
                assertThat(invalid.getMessage())
                    .startsWith(header[0] + " must be ")
                    .contains("not '" + header[1].substring(0, Math.min(80, header[1].length())));
              });
    }
  }
}
