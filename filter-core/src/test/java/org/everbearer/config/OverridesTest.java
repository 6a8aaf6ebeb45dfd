package org.everbearer.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OverridesTest {
  private static final String SYSTEM = "everbearer.chat-api.waitTimeout";
  private static final String ENVIRONMENT = "EVERBEARER_CHAT_API_WAIT_TIMEOUT";
  private static final String CONTEXT = "everbearer.waitTimeout";

  @Test
  void precedence_isSystemPropertyEnvironmentInitParamContextParam() throws ConfigException {
    ConfigSource.Builder source = ConfigSource.builder("chat-api")
        .initParams(Given.valid())
        .environment(Given.environment())
        .contextParams(Given.params(CONTEXT, "1s"));
    assertEquals(Duration.ofSeconds(1), ClientConfig.read(source.build()).waitTimeout());
    source.initParams(Given.valid("waitTimeout", "2s"));
    assertEquals(Duration.ofSeconds(2), ClientConfig.read(source.build()).waitTimeout());
    source.environment(Given.environment(ENVIRONMENT, "3s"));
    assertEquals(Duration.ofSeconds(3), ClientConfig.read(source.build()).waitTimeout());
    source.systemProperties(Given.params(SYSTEM, "4s"));
    assertEquals(Duration.ofSeconds(4), ClientConfig.read(source.build()).waitTimeout());
  }

  @Test
  void everyParameter_canBeOverriddenFromEveryPlace() {
    for (Parameter<?> parameter : Parameters.ALL_PARAMETERS) {
      String name = parameter.name();
      Map<String, String> everywhere = Given.params("everbearer.c." + name, "1");
      assertEquals(Setting.Place.SYSTEM_PROPERTY,
          place(parameter, ConfigSource.builder("c").systemProperties(everywhere)), name);
      assertEquals(Setting.Place.ENVIRONMENT,
          place(parameter, ConfigSource.builder("c").environment(Given.params("EVERBEARER_C_" + Spelling.upperSnake(name), "1"))), name);
      assertEquals(Setting.Place.CONTEXT_PARAM,
          place(parameter, ConfigSource.builder("c").contextParams(Given.params("everbearer." + name, "1"))), name);
    }
  }

  private static Setting.Place place(Parameter<?> parameter, ConfigSource.Builder source) {
    Overrides overrides = new Overrides(source.build());
    assertEquals(List.of(), overrides.unknownNames());
    return overrides.settings().get(parameter).place();
  }

  @Test
  void environmentName_isUpperSnake() throws ConfigException {
    ConfigSource source = ConfigSource.builder("chat-api").initParams(Given.valid())
        .environment(Given.environment("EVERBEARER_CHAT_API_JWKS_URI", "https://id.example.com/jwks")).build();
    assertEquals("https://id.example.com/jwks", ClientConfig.read(source).get(Parameters.JWKS_URI).toString());
  }

  @Test
  void emptyOverride_unsetsWhatLiesBelow() throws ConfigException {
    ConfigSource source = ConfigSource.builder("chat-api").initParams(Given.valid("organizationId", "org_1"))
        .environment(Given.environment("EVERBEARER_CHAT_API_ORGANIZATION_ID", "")).build();
    assertNull(ClientConfig.read(source).get(Parameters.ORGANIZATION_ID));
  }

  @Test
  void overriddenValue_isNotEvenResolved() throws ConfigException {
    ConfigSource source = ConfigSource.builder("chat-api").initParams(Given.valid("waitTimeout", "#{env:NOT_HERE}"))
        .environment(Given.environment()).systemProperties(Given.params(SYSTEM, "7s")).build();
    assertEquals(Duration.ofSeconds(7), ClientConfig.read(source).waitTimeout());
  }

  @Test
  void unknownName_isAProblemInEveryPlace() {
    List<String> problems = Given.problems(ConfigSource.builder("chat-api")
        .initParams(Given.valid("refreshMargn", "secret-1"))
        .contextParams(Given.params("everbearer.refresh_margin", "secret-2", "other.thing", "x"))
        .environment(Given.environment("EVERBEARER_CHAT_API_REFRESHMARGIN", "secret-3", "EVERBEARER_OTHER", "x"))
        .systemProperties(Given.params("everbearer.chat-api.refreshmargin", "secret-4", "everbearer.else.x", "x")));
    assertEquals(4, problems.size(), problems.toString());
    assertTrue(has(problems, "init-param refreshMargn", "did you mean refreshMargin?"));
    assertTrue(has(problems, "context-param everbearer.refresh_margin", "did you mean everbearer.refreshMargin?"));
    assertTrue(has(problems, "environment variable EVERBEARER_CHAT_API_REFRESHMARGIN",
        "did you mean EVERBEARER_CHAT_API_REFRESH_MARGIN?"));
    assertTrue(has(problems, "system property everbearer.chat-api.refreshmargin",
        "did you mean everbearer.chat-api.refreshMargin?"));
    assertTrue(problems.stream().noneMatch(p -> p.contains("secret-")), "an unknown parameter may hold a secret");
  }

  private static boolean has(List<String> problems, String start, String end) {
    return problems.stream().anyMatch(p -> p.startsWith(start) && p.endsWith(end));
  }

  @Test
  void clientWhoseNameBeginsLikeAnothers_isNotMistakenForIt() {
    assertEquals(List.of(), new Overrides(ConfigSource.builder("chat")
        .environment(Given.params("EVERBEARER_CHAT_API_REFRESH_MARGIN", "1m"))
        .systemProperties(Given.params("everbearer.chat.api.refreshMargin", "1m")).build()).unknownNames());
  }

  @Test
  void contextParamThatIsSomebodyElses_isLeftAlone() {
    assertEquals(List.of(), Given.problems(Given.source(Given.valid())
        .contextParams(Given.params("everbearer.status", "on"))
        .otherContextParams(List.of("everbearer.status"))));
  }

  @Test
  void contextParamWithoutMeaningForTheProtocol_isPassedOver() {
    assertEquals(List.of(), Given.problems(Given.source(Given.valid(Protocol.CLIENT_CREDENTIALS))
        .contextParams(Given.params("everbearer.refreshToken", "#{env:NOT_HERE}"))));
  }

  @Test
  void sourceOf_readsTheJvmAroundIt() throws ConfigException {
    String property = "everbearer.source-of-test.waitTimeout";
    System.setProperty(property, "42s");
    try {
      ConfigSource source = ConfigSource.of("source-of-test", Given.valid("refreshToken", "abc",
          "organizationId", "#{env:PATH}"), Map.of());
      ClientConfig config = ClientConfig.read(source);
      assertEquals(Duration.ofSeconds(42), config.waitTimeout());
      assertEquals(System.getenv("PATH"), config.get(Parameters.ORGANIZATION_ID));
    } finally {
      System.clearProperty(property);
    }
  }
}
