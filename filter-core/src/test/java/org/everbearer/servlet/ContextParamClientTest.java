package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ContextParamClientTest {
  private StandIn chat;

  @BeforeEach
  void serve() throws IOException {
    chat = new StandIn();
  }

  @AfterEach
  void stop() {
    chat.close();
  }

  @ParameterizedTest
  @EnumSource
  void contextParamsAlone_makeAClientThatServesAllPaths(Container container) throws Exception {
    WebApp app = withParams(chat.client("refreshToken", "r.chat.1", "preflight", "true", "background", "false"))
        .servlet("/page", (request, response) ->
            response.getWriter().print(request.isAsyncSupported() + " " + chat.refreshes.get()));
    try (Deployed deployed = container.deploy(app)) {
      assertEquals(0, chat.refreshes.get());
      assertEquals("true 1", deployed.browser().body("/page"), "the filter in front of the page has obtained the token");
      assertEquals("a.chat.2", BearerTokens.of(deployed.context()).validAccessToken("default"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aListener_usesTheClientThatContextParamsMake(Container container) throws Exception {
    WebApp app = withParams(chat.client("refreshToken", "r.chat.1", "client", "chat-api"))
        .listener(BearerTokensTest.EarlyUse.class);
    try (Deployed deployed = container.deploy(app)) {
      assertEquals("a.chat.2", deployed.context().getAttribute("early"), "the client's name is chat-api");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFilterInTheDescriptor_wins(Container container) throws Exception {
    WebApp app = withParams(Map.of("waitTimeout", "20s", "client", "unused"))
        .client("chat-api", chat.client("refreshToken", "r.chat.1"), "/*");
    try (Deployed deployed = container.deploy(app)) {
      assertEquals(Set.of("chat-api"), clients(deployed));
      assertEquals("a.chat.2", BearerTokens.of(deployed.context()).validAccessToken("chat-api"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void withoutParameters_nothingHappensAndNothingIsLoggedAboveDebug(Container container) throws Exception {
    try (LogAtDebug log = new LogAtDebug()) {
      try (Deployed deployed = container.deploy(withParams(Map.of("status", "a parameter of somebody else")))) {
        assertEquals(Set.of(), clients(deployed));
      }
      assertEquals(List.of(), log.lines().stream().filter(line -> !line.contains("DEBUG")).toList());
      // What stays silent is not the log itself.
      container.deploy(withParams(chat.client("client", "chat-api", "refreshToken", "r.chat.1"))).close();
      assertTrue(log.lines().stream().anyMatch(line -> line.contains("DEBUG")), () -> log.lines().toString());
      assertTrue(log.lines().stream().anyMatch(line -> line.contains("INFO")), () -> log.lines().toString());
    }
  }

  @ParameterizedTest
  @EnumSource
  void none_leavesItToTheApplicationsOwnCode(Container container) throws Exception {
    Map<String, String> params = chat.client("refreshToken", "r.chat.1", "client", "none");
    try (Deployed deployed = container.deploy(withParams(params))) {
      assertEquals(Set.of(), clients(deployed));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aMisspeltOrMissingParameter_stopsTheDeployment(Container container) {
    WebApp app = withParams(Map.of("baseUrl", chat.origin(), "alowedOrigins", chat.origin()));
    String message = assertThrows(ServletException.class, () -> container.deploy(app).close()).getMessage();
    for (String part : List.of("default", "everbearer.alowedOrigins", "did you mean everbearer.allowedOrigins?")) {
      assertTrue(message.contains(part), message);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aNameThatAnotherFilterHas_stopsTheDeployment(Container container) {
    WebApp app = withParams(chat.client("refreshToken", "r.chat.1", "client", "Through")).filter(Through.class, "/*");
    Exception refusal = assertThrows(Exception.class, () -> container.deploy(app).close());
    assertTrue(refusal.getMessage().contains("everbearer.client = Through"), refusal.toString());
  }

  /** Another filter. */
  public static final class Through implements jakarta.servlet.Filter {
    @Override
    public void doFilter(jakarta.servlet.ServletRequest request, jakarta.servlet.ServletResponse response,
        jakarta.servlet.FilterChain chain) throws IOException, ServletException {
      chain.doFilter(request, response);
    }
  }

  private static WebApp withParams(Map<String, String> params) {
    WebApp app = new WebApp();
    params.forEach((name, value) -> app.contextParams.put("everbearer." + name, value));
    return app;
  }

  private static Set<String> clients(Deployed deployed) {
    Set<String> names = new TreeSet<>();
    for (FilterRegistration filter : deployed.context().getFilterRegistrations().values()) {
      if (BearerTokenFilter.class.getName().equals(filter.getClassName())) names.add(filter.getName());
    }
    return names;
  }
}
