package org.everbearer.servlet;

import jakarta.servlet.ServletContext;
import java.util.Collections;

/** The library's start in a web application, and the check that this JAR is made for the container. */
final class Startup {
  /** A name, since the class itself may not be there. In the JAR with the classifier javax it begins with javax. */
  private static final String API = "jakarta.servlet.Filter";

  private Startup() {}

  /**
   * @param api {@code jakarta} or {@code javax}, as the container has it
   * @return which JAR the container needs, or null if it is this one
   */
  static String mismatch(String api, String container) {
    String made = API.substring(0, API.indexOf('.'));
    if (made.equals(api)) return null;
    return "The everbearer-filter-core JAR in this application is made for " + made + " and not for " + api
        + ", which is " + container + "'s: put in its place the one "
        + (api.equals("javax") ? "with <classifier>javax</classifier>" : "without a classifier");
  }

  /** @param context a ServletContext, of the API that this JAR is made for */
  static void run(Object context) throws Exception {
    ServletContext application = (ServletContext) context;
    new TokensShutdown().onStartup(Collections.emptySet(), application);
    new ContextParamClient().onStartup(Collections.emptySet(), application);
  }
}
