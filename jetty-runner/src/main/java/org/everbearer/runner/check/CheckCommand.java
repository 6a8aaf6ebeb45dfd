package org.everbearer.runner.check;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.everbearer.config.ConfigReport;
import org.everbearer.runner.UserError;

/** {@code jetty-runner.jar check}: says what is wrong with a configuration before it is deployed. See its help. */
public final class CheckCommand {
  private final CheckOptions options;
  private final Findings findings;
  private final PrintStream out;

  private CheckCommand(CheckOptions options, PrintStream out) {
    this.options = options;
    this.out = out;
    this.findings = new Findings(out);
  }

  /**
   * Runs it.
   *
   * @param arguments those after {@code check}
   * @return the exit code: 0 if all is well, 1 if there are problems
   * @throws UserError if the command line is wrong, or the WAR cannot be read
   */
  public static int run(List<String> arguments, PrintStream out) throws UserError {
    CheckOptions options = CheckOptions.parse(arguments);
    if (options.help()) {
      out.print(CheckOptions.HELP);
      return 0;
    }
    return new CheckCommand(options, out).run();
  }

  private int run() throws UserError {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try {
      if (options.war() == null) {
        String name = options.client() == null ? "default" : options.client();
        clients(List.of(new Declared(name, options.config(), Map.of(), true)));
      } else {
        war();
      }
    } catch (InterruptedException e) {
      findings.problem("interrupted");
    } finally {
      thread.setContextClassLoader(before);
    }
    findings.summary();
    return findings.problems() == 0 ? 0 : UserError.FAILURE;
  }

  private void war() throws UserError, InterruptedException {
    try (WebArchive war = WebArchive.open(options.war(), "--war")) {
      Thread.currentThread().setContextClassLoader(war.classes(CheckCommand.class.getClassLoader()));
      out.println(options.war());
      findings.heading("the WAR");
      Descriptors descriptors = new Descriptors(war, findings);
      List<Declared> declared = new WarCheck(descriptors, findings).clients();
      new Libraries(war, descriptors, findings).check();
      clients(declared);
    }
  }

  private void clients(List<Declared> declared) throws UserError, InterruptedException {
    List<ClientCheck> all = new ArrayList<>();
    for (Declared each : declared) all.add(new ClientCheck(each, findings));
    List<ClientCheck> chosen = all.stream()
        .filter(client -> options.client() == null || options.client().equals(client.name())).toList();
    if (chosen.isEmpty() && !all.isEmpty()) {
      throw UserError.usage("check: --client " + options.client() + ": the WAR declares "
          + String.join(", ", all.stream().map(ClientCheck::name).toList()));
    }
    List<ConfigReport> reports = all.stream().map(ClientCheck::report).toList();
    // With --config there are others, of which nothing is known here.
    List<String> strays = options.war() == null ? List.of() : ConfigReport.strayOverrides(reports);
    if (!strays.isEmpty()) findings.heading("the environment");
    strays.forEach(findings::warning);
    List<String> between = ConfigReport.problemsBetween(reports);
    if (!between.isEmpty()) findings.heading("between the clients");
    between.forEach(findings::problem);
    PairFile file = options.saveTo() == null ? null : new PairFile(options.saveTo());
    boolean several = file != null && chosen.stream().filter(ClientCheck::needsFile).count() > 1;
    for (ClientCheck client : chosen) {
      findings.heading("client " + client.name());
      client.parameters();
      if (!options.refresh()) continue;
      if (!between.isEmpty()) findings.problem("--refresh: not done, because of the problems between the clients");
      else if (several) findings.problem("--refresh: not done: --save-to takes one client's tokens; say --client NAME");
      else client.refresh(file);
    }
    boolean idle = file != null && chosen.stream().noneMatch(ClientCheck::needsFile) && findings.problems() == 0;
    if (idle) findings.warning("--save-to was not needed: the client's own store keeps the new tokens");
  }
}
