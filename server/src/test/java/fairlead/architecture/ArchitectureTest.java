package fairlead.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Who may see whom, and what stays out of where; each rule with its reason. */
final class ArchitectureTest {
  /** What runs for every request or every stream event. */
  private static final String[] HOT = {
    "fairlead.server.http..",
    "fairlead.server.exchange..",
    "fairlead.server.caching..",
    "fairlead.cache.hash..",
    "fairlead.providers.http..",
    "fairlead.providers.wire..",
    "fairlead.routing.."
  };

  /**
   * Classes in hot packages that may hold monitors: they start and stop, and no request sees it.
   */
  private static final Set<String> LIFE_CYCLES = Set.of("fairlead.server.http.HttpFront");

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("fairlead");

  // Who may see whom.

  @Test
  void routingSeesOnlyTheLanguage() {
    check(
        classes()
            .that()
            .resideInAPackage("fairlead.routing..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("fairlead.routing..", "java..", "org.jspecify..")
            .because("routing is pure decisions: no JSON, no HTTP, nothing to mock"));
  }

  @Test
  void routingDoesNoInputOrOutput() {
    check(
        noClasses()
            .that()
            .resideInAPackage("fairlead.routing..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.io..", "java.net..", "java.nio..", "java.sql..")
            .because("routing does no I/O; it is told what happened and says what to do"));
  }

  @Test
  void providersSeeNeitherServerNorCache() {
    check(
        noClasses()
            .that()
            .resideInAPackage("fairlead.providers..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("fairlead.server..", "fairlead.cache..")
            .because("providers know wires, not policy"));
  }

  @Test
  void cacheSeesNeitherServerNorProviders() {
    check(
        noClasses()
            .that()
            .resideInAPackage("fairlead.cache..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("fairlead.server..", "fairlead.providers..")
            .because("what a cached answer is made of is the server's business"));
  }

  @Test
  void httpFrontSeesNoOtherPartOfTheServer() {
    check(
        noClasses()
            .that()
            .resideInAPackage("fairlead.server.http..")
            .should()
            .dependOnClassesThat(
                resideInAPackage("fairlead.server..")
                    .and(DescribedPredicate.not(resideInAPackage("fairlead.server.http.."))))
            .because("the HTTP front is a protocol; what is served is given to it as a handler"));
  }

  @Test
  void dialectsDoNotSeeTheClient() {
    check(
        noClasses()
            .that()
            .resideInAPackage("fairlead.providers.dialect..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("fairlead.providers.http..")
            .because("a dialect turns bytes into bytes and is tested without a socket"));
  }

  @Test
  void roomsHaveNoCycles() {
    check(
        slices()
            .matching("fairlead.(*)..")
            .should()
            .beFreeOfCycles()
            .because("the arrows between the rooms point downwards only"));
  }

  /** The packages right below a room; the room's own package is their shared vocabulary. */
  @Test
  void packagesOfOneRoomHaveNoCycles() {
    for (String room : List.of("server", "providers", "cache", "routing")) {
      check(
          slices()
              .matching("fairlead." + room + ".(*)..")
              .should()
              .beFreeOfCycles()
              .allowEmptyShould(true)
              .because("a package that can only be understood with its user is part of it"));
    }
  }

  @Test
  void theGameDayStandsOutsideOfTheGateway() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages("fairlead.server.gameday..", "fairlead.server.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("fairlead.server.gameday..")
            .because("the gateway must not know that it is being tested"));
    check(
        noClasses()
            .that()
            .resideInAPackage("fairlead.server.gameday..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "fairlead.routing..",
                "fairlead.server",
                "fairlead.server.exchange..",
                "fairlead.server.surface..",
                "fairlead.server.observe..",
                "fairlead.server.http..",
                "fairlead.server.admin..")
            .because("it sees the gateway from outside only: over HTTP, and by its configuration"));
  }

  @Test
  void theBenchStandsOutsideOfTheGateway() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages("fairlead.loadtest..", "fairlead.server.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("fairlead.loadtest..")
            .because("the gateway must not know that it is being measured"));
    check(
        noClasses()
            .that()
            .resideInAPackage("fairlead.loadtest..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "fairlead.routing..",
                "fairlead.cache..",
                "fairlead.server..",
                "fairlead.providers.http..",
                "fairlead.providers.dialect..",
                "fairlead.providers.catalogue..")
            .because("it sees every gateway in the same way: as a process that speaks HTTP"));
  }

  @Test
  void eachLibraryHasOneDoor() {
    onlyIn("io.helidon..", "fairlead.server.http..", "the listener may be replaced");
    onlyIn("io.prometheus..", "fairlead.server.observe..", "the client is at its end of life");
    onlyIn("org.snakeyaml..", "fairlead.server.config..", "YAML is a form of configuration only");
    onlyIn(
        "com.github.benmanes.caffeine..", "fairlead.cache.store..", "a map with a bound, no more");
    onlyIn("org.HdrHistogram..", "fairlead.loadtest..", "the gateway has counters of its own");
    onlyIn("picocli..", "fairlead.server.cli..", "the command line starts things, no more");
  }

  private static void onlyIn(String library, String door, String reason) {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(door)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(library)
            .because(reason));
  }

  // What stays out.

  @Test
  void nobodyUsesTheJdksHttpClient() {
    check(
        noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.net.http..")
            .because("its timeouts stop at the headers, and it costs 15 KB per call"));
  }

  /** Constructors and builders may: what they make is a part of the configuration, made once. */
  @Test
  void hotPackagesAllocateNothingByHabit() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(HOT)
            .should()
            .callMethodWhere(
                calls("java\\.util\\.(regex|stream)\\..*", ".*")
                    .or(
                        calls(
                            "java\\.lang\\.String",
                            "format|formatted|split|matches|replaceAll|replaceFirst|chars|lines"))
                    .and(
                        DescribedPredicate.describe(
                            "caller is no constructor or builder",
                            call ->
                                !call.getOrigin().getName().matches("<init>|<clinit>")
                                    && !call.getOriginOwner().getSimpleName().endsWith("Builder"))))
            .because("regular expressions, streams and formats cost on every request"));
    check(
        noClasses()
            .that()
            .resideInAnyPackage(HOT)
            .should()
            .dependOnClassesThat(nameMatching("java\\.lang\\.(Inheritable)?ThreadLocal"))
            .because(
                "there are as many virtual threads as connections, and they do not come back"));
  }

  /** Overriding a synchronized method of the JDK keeps the word: the compiler asks for it. */
  @Test
  void hotPackagesHoldNoMonitors() throws IOException {
    List<String> found = new ArrayList<>();
    DescribedPredicate<JavaClass> hot = resideInAnyPackage(HOT);
    for (JavaClass type : MAIN) {
      if (hot.test(type) && !LIFE_CYCLES.contains(type.getName())) {
        for (MethodModel method : ClassFile.of().parse(bytes(type)).methods()) {
          boolean whole =
              method.flags().has(AccessFlag.SYNCHRONIZED)
                  && !method.methodName().equalsString("fillInStackTrace");
          boolean part =
              method.code().stream()
                  .anyMatch(
                      code ->
                          code.elementStream()
                              .anyMatch(element -> element instanceof MonitorInstruction));
          if (whole || part) {
            found.add(type.getName() + "." + method.methodName().stringValue());
          }
        }
      }
    }
    assertThat(found).as("synchronized methods and blocks: nothing waits for a lock").isEmpty();
  }

  @Test
  void routingIsGivenTimeAndChance() {
    check(
        noClasses()
            .that()
            .resideInAPackage("fairlead.routing..")
            .should()
            .callMethodWhere(
                calls("java.lang.System", "nanoTime|currentTimeMillis")
                    .or(calls("java.time\\..*", "now|systemUTC|systemDefaultZone|system"))
                    .or(calls("java.lang.Math", "random"))
                    .or(calls("java.util.concurrent.ThreadLocalRandom", "current")))
            .because("every policy is tested without sleeping and with the same draws"));
    check(
        noClasses()
            .that()
            .resideInAPackage("fairlead.routing..")
            .should()
            .dependOnClassesThat(
                nameMatching(
                    "java\\.util\\.Random|java\\.security\\.SecureRandom|java\\.util\\.Timer|java\\.util\\.concurrent\\.ThreadLocalRandom"))
            .because("randomness is a parameter"));
  }

  @Test
  void nobodySleeps() {
    check(
        noClasses()
            .should()
            .callMethodWhere(calls("java.lang.Thread", "sleep"))
            .because(
                "a wait that nobody can end is a bug: wait on what ends it, or on a deadline"));
  }

  /** The command line, and the programs that stand beside it. */
  @Test
  void onlyTheCommandLinePrints() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("fairlead.server.cli..")
            .and()
            .haveSimpleNameNotEndingWith("Main")
            .should(ACCESS_STANDARD_STREAMS)
            .because("everything else logs"));
  }

  @Test
  void everyPackageIsNullMarked() {
    TreeSet<String> unmarked = new TreeSet<>();
    for (JavaClass type : MAIN) {
      if (!isNullMarked(type.getPackageName())) {
        unmarked.add(type.getPackageName());
      }
    }
    assertThat(unmarked).as("packages whose package-info has no @NullMarked").isEmpty();
  }

  private static boolean isNullMarked(String packageName) {
    try {
      return Class.forName(packageName + ".package-info").isAnnotationPresent(NullMarked.class);
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private static byte[] bytes(JavaClass type) throws IOException {
    try (InputStream in = type.getSource().orElseThrow().getUri().toURL().openStream()) {
      return in.readAllBytes();
    }
  }

  private static DescribedPredicate<JavaCall<?>> calls(String types, String methods) {
    return DescribedPredicate.describe(
        "target is " + types + "." + methods,
        call ->
            call.getTarget().getOwner().getName().matches(types)
                && call.getTarget().getName().matches(methods));
  }

  private static void check(ArchRule rule) {
    rule.check(MAIN);
  }
}
