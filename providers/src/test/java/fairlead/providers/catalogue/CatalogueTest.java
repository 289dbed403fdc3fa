package fairlead.providers.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CatalogueTest {
  @Test
  void namesAndVariablesAreUnambiguous() {
    Set<String> names = new HashSet<>();
    Set<String> variables = new HashSet<>();
    for (KnownProvider provider : Catalogue.providers()) {
      assertThat(names.add(provider.name())).as(provider.name()).isTrue();
      assertThat(Catalogue.find(provider.name())).isSameAs(provider);
      for (String alias : provider.aliases()) {
        assertThat(names.add(alias)).as(alias).isTrue();
        assertThat(Catalogue.find(alias)).isSameAs(provider);
      }
      for (String variable : provider.environment()) {
        assertThat(variables.add(variable)).as(variable).isTrue();
      }
      assertThat(Catalogue.isUnsupported(provider.name())).isFalse();
    }
  }

  @Test
  void noModelIsClaimedByTwo() {
    Map<String, String> owners = new HashMap<>();
    for (KnownProvider provider : Catalogue.providers()) {
      for (String prefix : provider.modelPrefixes()) {
        owners.forEach(
            (other, owner) ->
                assertThat(other.startsWith(prefix) || prefix.startsWith(other))
                    .as("%s of %s and %s of %s", prefix, provider.name(), other, owner)
                    .isFalse());
        assertThat(provider.servesByPrefix(prefix + "x")).isTrue();
        assertThat(provider.servesByPrefix("x" + prefix)).isFalse();
      }
      provider.modelPrefixes().forEach(prefix -> owners.put(prefix, provider.name()));
    }
  }

  @Test
  void addressesAreReadyToUse() {
    for (KnownProvider provider : Catalogue.providers()) {
      URI uri = URI.create(provider.baseUrl());
      assertThat(uri.getHost()).as(provider.name()).isNotEmpty();
      assertThat(provider.baseUrl()).doesNotEndWith("/");
      assertThat(uri.getScheme()).isEqualTo(provider.keyless() ? "http" : "https");
    }
  }

  @Test
  void spellingDoesNotMatter() {
    assertThat(Catalogue.find("Together-AI")).isSameAs(Catalogue.find("together"));
    assertThat(Catalogue.find("Z.ai")).isSameAs(Catalogue.find("zai"));
    assertThat(Catalogue.find("nobody")).isNull();
    assertThat(Catalogue.isUnsupported("Azure-OpenAI")).isTrue();
    assertThat(Catalogue.isUnsupported("nobody")).isFalse();
  }
}
