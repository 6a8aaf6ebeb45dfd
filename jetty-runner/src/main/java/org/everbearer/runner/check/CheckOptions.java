package org.everbearer.runner.check;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.everbearer.runner.Spelling;
import org.everbearer.runner.UserError;

/**
 * The command line of {@code check}.
 *
 * @param war the WAR whose configuration is checked, or null
 * @param config parameters of the one client to check; empty with a WAR
 * @param client the only client to check, or null for all
 * @param saveTo where a rotated pair goes that no store would keep, or null
 */
record CheckOptions(boolean help, Path war, Map<String, String> config, String client, boolean refresh, Path saveTo) {

  static final String HELP = """
      Checks the configuration of the bearer token clients of a web application.

      java -jar jetty-runner.jar check --war FILE [OPTION]...
      java -jar jetty-runner.jar check --config KEY=VALUE... [OPTION]...

        --war FILE            a WAR, a file or a directory: what its WEB-INF/web.xml declares, and the JARs beside it
        --config KEY=VALUE... the parameters of one client. Write secrets as references, as in
                              refreshToken='#{env:AUTH_REFRESH_TOKEN}': other users see a command line
        --client NAME         with --war: only this client. With --config: its name (default)
        --refresh             refresh once, too. THIS SPENDS THE SINGLE-USE REFRESH TOKEN; see below
        --save-to FILE        with --refresh and store=memory: a new file, mode 0600, for the new pair of tokens
        --help                this text

      Overrides by system property (java -Deverbearer.<client>.<parameter>=... -jar ...) and environment variable
      (EVERBEARER_<CLIENT>_<PARAMETER>) count as they do at run time, and references such as #{env:NAME} are resolved:
      so run this as the application's user, in its environment and its working directory. What JNDI holds is known in
      the container only, and is named as open. No token and no secret is ever printed.

      Without --refresh there is no network access at all. With it the token endpoint is asked once, and a server that
      rotates takes the refresh token for spent from then on. The successor is saved in the client's own store (file:,
      dotenv:), before anything else is done with it, and the application goes on from there. Where there is no such
      store (memory) the check refuses to refresh, unless --save-to says where the new pair goes. A jdbc: store can only
      be found in the container, so such a client cannot be refreshed here. An application that runs with the same store
      may go on running; one with store=memory and the same tokens loses its session.

      Exit code: 0 all is well, warnings and open references included; 1 there are problems, or the WAR cannot be read;
      2 the command line is wrong.
      """;
  private static final List<String> FLAGS = List.of("--refresh", "--help");
  private static final List<String> ALL =
      List.of("--war", "--config", "--client", "--refresh", "--save-to", "--help");

  static CheckOptions parse(List<String> arguments) throws UserError {
    if (arguments.contains("--help") || arguments.contains("-h")) {
      return new CheckOptions(true, null, Map.of(), null, false, null);
    }
    Deque<String> rest = new ArrayDeque<>(arguments);
    Map<String, String> given = new LinkedHashMap<>();
    Map<String, String> config = new LinkedHashMap<>();
    Set<String> seen = new HashSet<>();
    while (!rest.isEmpty()) {
      String[] parts = rest.remove().split("=", 2);
      String name = parts[0];
      if (!ALL.contains(name)) throw unknown(name);
      if (parts.length == 2) {
        if (FLAGS.contains(name)) throw UserError.usage("check: " + name + " takes no value");
        rest.addFirst(parts[1]);
      }
      boolean again = !seen.add(name) && !name.equals("--config");
      if (again) throw UserError.usage("check: " + name + " is given twice; drop one");
      if (FLAGS.contains(name)) continue;
      boolean value = !rest.isEmpty() && (parts.length == 2 || !rest.peek().startsWith("--"));
      if (!value) throw UserError.usage("check: " + name + " needs a value; see check --help");
      if (name.equals("--config")) readConfig(rest, config);
      else given.put(name, rest.remove());
    }
    return of(given, config, seen);
  }

  private static CheckOptions of(Map<String, String> given, Map<String, String> config, Set<String> seen)
      throws UserError {
    if (given.containsKey("--war") == seen.contains("--config")) {
      throw UserError.usage("check: needs --war FILE or --config KEY=VALUE..., and not both; see check --help");
    }
    boolean refresh = seen.contains("--refresh");
    if (given.containsKey("--save-to") && !refresh) {
      throw UserError.usage("check: --save-to has no meaning without --refresh; drop it");
    }
    return new CheckOptions(false, path("--war", given), config, given.get("--client"), refresh,
        path("--save-to", given));
  }

  /** All that follows up to the next option. A value may be a secret, so none is repeated in a message. */
  private static void readConfig(Deque<String> rest, Map<String, String> config) throws UserError {
    do {
      String[] pair = rest.remove().split("=", 2);
      if (pair.length < 2 || pair[0].isBlank()) {
        throw UserError.usage("check: --config takes KEY=VALUE, as in baseUrl=https://api.example.com; quote a value"
            + " that has spaces or begins with #");
      }
      if (config.put(pair[0].trim(), pair[1]) != null) {
        throw UserError.usage("check: --config " + pair[0].trim() + " is given twice; drop one");
      }
    } while (!rest.isEmpty() && !rest.peek().startsWith("--"));
  }

  private static UserError unknown(String name) {
    if (!name.startsWith("-")) return UserError.usage("check: unexpected argument; see check --help");
    return UserError.usage("check: unknown option " + name + Spelling.nearest(name, ALL)
        .map(nearest -> "; did you mean " + nearest + "?").orElse("; see check --help"));
  }

  private static Path path(String option, Map<String, String> given) throws UserError {
    String value = given.get(option);
    if (value == null) return null;
    try {
      if (!value.isBlank()) return Path.of(value).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      // the same answer as for an empty one
    }
    throw UserError.usage("check: " + option + " \"" + value + "\": not a file name");
  }
}
