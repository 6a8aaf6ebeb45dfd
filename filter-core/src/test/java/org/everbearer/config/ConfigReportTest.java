package org.everbearer.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.everbearer.TokenRefresher;
import org.everbearer.TokenSet;
import org.junit.jupiter.api.Test;

/** What a tool is told that looks at a configuration from outside the container. */
class ConfigReportTest {
  private final Map<String, String> params = new LinkedHashMap<>(Map.of("baseUrl", "https://api.example.com",
      "allowedOrigins", "https://chat.example.com", "refreshToken", "r"));

  private ConfigSource source(String name) {
    return ConfigSource.builder(name).initParams(params).outsideContainer().build();
  }

  private ConfigReport report() {
    return ConfigReport.of(source("chat-api"));
  }

  @Test
  void rightConfiguration_isThere() throws Exception {
    assertNotNull(report().config());
    assertEquals("memory", report().config().store());
    assertEquals(List.of("baseUrl=https://api.example.com (init-param)"),
        report().effective().stream().filter(value -> value.startsWith("baseUrl")).toList());
    assertEquals("client chat-api: " + String.join(", ", report().effective()), report().config().describe());
  }

  @Test
  void whatIsWrong_hidesNoWarning() {
    params.put("waitTimeout", "soon");
    assertEquals(1, report().problems().size(), report().problems().toString());
    assertTrue(report().warnings().stream().anyMatch(w -> w.startsWith("refreshToken (value not shown")));
    assertNull(report().config());
  }

  @Test
  void jndi_isOpen_countsAsGiven_andItsDefaultDoesNotApply() throws Exception {
    params.put("refreshToken", "#{jndi:token:-other}");
    params.put("baseUrl", "https://#{env:NONE:-#{jndi:host}}");
    ConfigReport report = report();
    assertEquals(List.of(), report.problems());
    String rest = " can only be resolved in the container";
    assertEquals(List.of("baseUrl = \"https://#{env:NONE:-#{jndi:host}}\" (init-param): #{jndi:host}" + rest,
        "refreshToken (value not shown, init-param): #{jndi:token}" + rest), report.openReferences());
    assertNull(report.config());
    assertThrows(ConfigException.class, () -> ClientConfig.read(source("chat-api")), "such a one must not be run");
  }

  @Test
  void openProtocol_leavesTheRestUnjudged() {
    params.put("protocol", "#{jndi:protocol}");
    assertEquals(List.of(), report().problems());
    assertEquals(1, report().openReferences().size());
    assertEquals(1, ConfigReport.problemsBetween(List.of(report(), ConfigReport.of(source("other")))).size());
  }

  @Test
  void dataSource_isOpen() {
    params.put("store", "jdbc:jdbc/tokens");
    assertEquals(1, report().openReferences().size());
    params.put("allowedOrigins", "#{jndi:origin}");
    params.put("store", "#{jndi:store}");
    assertEquals(List.of(), ConfigReport.problemsBetween(List.of(report(), ConfigReport.of(source("other")))));
  }

  @Test
  void staticTokenThatIsOver_isAWarning() {
    params.clear();
    params.put("protocol", "static");
    params.put("allowedOrigins", "https://chat.example.com");
    params.put("accessToken", jwt("{\"exp\":1000}"));
    assertTrue(report().warnings().stream().anyMatch(w -> w.contains("has expired at 1970-01-01T00:16:40Z")));
    params.put("accessToken", jwt("{\"exp\":4000000000}"));
    assertEquals(List.of(), report().warnings().stream().filter(w -> w.contains("expired")).toList());
  }

  private static String jwt(String claims) {
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    return base64.encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8)) + "."
        + base64.encodeToString(claims.getBytes(StandardCharsets.UTF_8)) + ".c2ln";
  }

  /** Not asked by itself: the one around it answers. */
  @Test
  void wrapping_putsSomethingAroundTheProtocol() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    params.put("background", "false");
    TokenRefresher around = current -> {
      asked.incrementAndGet();
      return TokenSet.of("new", "next");
    };
    try (TokenClient client = TokenClient.wrapping(ClientConfig.read(source("chat-api")), endpoint -> around)) {
      client.start();
      assertEquals("new", client.coordinator().application().token());
    }
    assertEquals(1, asked.get());
  }
}
