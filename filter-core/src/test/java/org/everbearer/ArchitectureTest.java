package org.everbearer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Supplier;

/** The arrows between the packages, as drawn in RATIONALE.md. */
@AnalyzeClasses(packages = "org.everbearer", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOT = "org.everbearer";
  private static final String LOG = "org.everbearer.log";
  private static final SliceAssignment FILES = new SliceAssignment() {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      if (type.getPackageName().matches("org\\.everbearer\\.(config|servlet)")) return SliceIdentifier.ignore();
      return SliceIdentifier.of(type.getName().replaceFirst("\\$.*", ""));
    }

    @Override
    public String getDescription() {
      return "files";
    }
  };

  @ArchTest
  static final ArchRule packages_haveNoCycles = slices().matching("org.everbearer.(*)..").should().beFreeOfCycles();

  /** A file can be read with those that it names in mind, and without those that name it. Not so yet in config and servlet. */
  @ArchTest
  static final ArchRule files_haveNoCycles = slices().assignedFrom(FILES).should().beFreeOfCycles();

  @ArchTest
  static final ArchRule contracts_knowNothingElseOfOurs =
      classes().that().resideInAPackage(ROOT).should().onlyDependOnClassesThat(ofOthersOr("belong to the root", ROOT));

  @ArchTest
  static final ArchRule coordinator_knowsTheContractsOnly = classes().that().resideInAPackage("org.everbearer.coordinator")
      .should().onlyDependOnClassesThat(
          ofOthersOr("belong to the coordinator, the root or the log", "org.everbearer.coordinator", ROOT, LOG));

  @ArchTest
  static final ArchRule log_knowsNothingOfOurs =
      classes().that().resideInAPackage(LOG).should().onlyDependOnClassesThat(ofOthersOr("belong to the log", LOG));

  @ArchTest
  static final ArchRule leaves_knowOnlyTheRoot = classes()
      .that().resideInAnyPackage("org.everbearer.store..", "org.everbearer.refresh..", "org.everbearer.httpclient5..",
          "org.everbearer.observe..", "org.everbearer.micrometer..")
      .should().onlyDependOnClassesThat(ofOthersOr("belong to the root, to the log, to their own package, or to others' libraries",
          ROOT, LOG, "org.everbearer.store", "org.everbearer.refresh", "org.everbearer.httpclient5",
          "org.everbearer.observe", "org.everbearer.micrometer"));

  @ArchTest
  static final ArchRule config_knowsNoServletsAndNoInterceptors = noClasses()
      .that().resideInAPackage("org.everbearer.config..")
      .should().dependOnClassesThat().resideInAnyPackage("org.everbearer.servlet..", "org.everbearer.httpclient5..",
          "jakarta.servlet..");

  @ArchTest
  static final ArchRule servletApi_staysInItsPackage = noClasses()
      .that().resideOutsideOfPackage("org.everbearer.servlet..")
      .should().dependOnClassesThat().resideInAPackage("jakarta.servlet..");

  @ArchTest
  static final ArchRule staticFields_areFinal = fields().that().areStatic().should().beFinal();

  /** By a logger that would be silent without a provider, nobody warns. */
  @ArchTest
  static final ArchRule warnings_areHeardWithoutAProvider = noClasses()
      .that(DescribedPredicate.describe("have a logger of SLF4J's for all", c -> c.getMethodCallsFromSelf().stream()
          .anyMatch(call -> call.getTargetOwner().getName().equals("org.slf4j.LoggerFactory")
              && call.getOrigin().getName().equals("<clinit>"))))
      .should().callMethodWhere(JavaCall.Predicates.target(HasName.Predicates.nameMatching("warn|error")));

  @ArchTest
  static final ArchRule commonPool_isNotUsed = noClasses().should().callMethod(ForkJoinPool.class, "commonPool")
      .orShould().callMethod(CompletableFuture.class, "supplyAsync", Supplier.class)
      .orShould().callMethod(CompletableFuture.class, "runAsync", Runnable.class);

  @ArchTest
  static final ArchRule securityManager_isNotUsed = noClasses()
      .should().dependOnClassesThat().haveNameMatching(
          "java\\.lang\\.SecurityManager|java\\.security\\.(AccessController|Policy|Privileged.*)")
      .orShould().callMethodWhere(JavaCall.Predicates.target(HasName.Predicates.nameMatching(".etSecurityManager")));

  /** Nothing that needs --add-opens: no look into what is not public. */
  @ArchTest
  static final ArchRule nothing_isOpenedByReflection = noClasses()
      .should().callMethodWhere(JavaCall.Predicates.target(HasName.Predicates.nameMatching(
          "setAccessible|trySetAccessible|getDeclaredFields?|getDeclaredMethods?|privateLookupIn|defineClass")))
      .orShould().dependOnClassesThat().resideInAnyPackage("sun..", "jdk..", "com.sun..");

  private static DescribedPredicate<JavaClass> ofOthersOr(String description, String... packages) {
    List<String> allowed = List.of(packages);
    return DescribedPredicate.describe(description,
        c -> !c.getPackageName().startsWith(ROOT) || allowed.contains(c.getPackageName()));
  }

  @ArchTest
  static final ArchRule micrometer_isOptional = noClasses().that().resideOutsideOfPackage("org.everbearer.micrometer..")
      .should().dependOnClassesThat().resideInAnyPackage("io.micrometer..", "org.everbearer.micrometer..");


  @ArchTest
  static final ArchRule leaves_doNotKnowEachOther = slices()
      .matching("org.everbearer.(store|refresh|httpclient5|observe|micrometer)..").should().notDependOnEachOther();
}
