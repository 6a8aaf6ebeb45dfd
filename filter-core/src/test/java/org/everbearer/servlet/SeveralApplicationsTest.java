package org.everbearer.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** Web applications in one JVM, of one path and with clients of one name: what operations see of them. */
class SeveralApplicationsTest {
  private static final String CLIENT = "twin-api";

  private static WebApp app(StandIn server) {
    return new WebApp().client(CLIENT, server.client("refreshToken", "r.chat.1", "background", "false"), "/*")
        .status("/tokens/*", Map.of());
  }

  private static Set<String> beans() throws Exception {
    ObjectName all = new ObjectName("org.everbearer:client=" + CLIENT + ",*");
    return ManagementFactory.getPlatformMBeanServer().queryNames(all, null).stream()
        .map(ObjectName::getCanonicalName).collect(Collectors.toCollection(TreeSet::new));
  }

  private static Object token(String bean) {
    try {
      return ManagementFactory.getPlatformMBeanServer().getAttribute(new ObjectName(bean), "TokenFingerprint");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void eachHasAnMBeanOfItsOwn_untilItEnds() throws Exception {
    try (StandIn his = new StandIn(); StandIn hers = new StandIn()) {
      try (Deployed one = Container.TOMCAT.deploy(app(his)); Deployed two = Container.JETTY.deploy(app(hers))) {
        assertEquals(2, beans().size(), beans().toString());
        for (Deployed each : List.of(one, two)) {
          for (int i = 0; i < 3; i++) {
            BearerTokens.of(each.context()).validAccessToken(CLIENT);
            each.browser().body("/tokens", "Accept", "application/json");
          }
        }
        Poll.until(() -> beans().stream().map(SeveralApplicationsTest::token).noneMatch("none"::equals));
      }
      assertEquals(Set.of(), beans(), "unregistered when its application ends");
    }
  }
}
