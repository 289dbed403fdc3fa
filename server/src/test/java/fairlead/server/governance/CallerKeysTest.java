package fairlead.server.governance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CallerKeysTest {
  private static byte[] digest(String key) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void findsEachOfManyKeysAndNoOther() throws Exception {
    List<CallerKeys.Caller> callers = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      callers.add(new CallerKeys.Caller("c" + i, digest("key-" + i), Set.of("*")));
    }
    CallerKeys keys = new CallerKeys(callers);
    for (int i = 0; i < 1_000; i++) {
      CallerKeys.Caller found = Objects.requireNonNull(keys.find(digest("key-" + i)));
      assertThat(found.name()).isEqualTo("c" + i);
      assertThat(keys.find(digest("other-" + i))).isNull();
    }
  }

  @Test
  void digestsThatBeginAlikeAreToldApart() {
    byte[] one = new byte[32];
    byte[] two = new byte[32];
    two[31] = 1;
    CallerKeys keys =
        new CallerKeys(
            List.of(
                new CallerKeys.Caller("one", one, Set.of("a")),
                new CallerKeys.Caller("two", two, Set.of("b"))));
    CallerKeys.Caller found = Objects.requireNonNull(keys.find(two));
    assertThat(found.name()).isEqualTo("two");
    assertThat(found.mayUse("b")).isTrue();
    assertThat(found.mayUse("a")).isFalse();
    byte[] three = new byte[32];
    three[31] = 2;
    assertThat(keys.find(three)).isNull();
  }

  @Test
  void aKeyAndAScopeOfOneNameShareNothing() throws Exception {
    CallerKeys.Caller key = new CallerKeys.Caller("ci", digest("1"), Set.of());
    CallerKeys.Caller one = new CallerKeys.Caller("a", digest("2"), Set.of(), "ci");
    CallerKeys.Caller two = new CallerKeys.Caller("b", digest("3"), Set.of(), "ci");
    assertThat(one.tenant()).isEqualTo(two.tenant()).isNotEqualTo(key.tenant());
    assertThat(key.tenant()).isEqualTo("key:ci");
    assertThat(one.tenant()).isEqualTo("scope:ci");
    assertThat(CallerKeys.Caller.ANYONE.tenant()).isEqualTo("anyone");
  }

  @Test
  void noKeysFindNothing() {
    assertThat(new CallerKeys(List.of()).find(new byte[32])).isNull();
  }
}
