package org.everbearer.runner.check;

import java.util.LinkedHashMap;
import java.util.Map;
import org.everbearer.config.ClientConfig;
import org.everbearer.config.ConfigReport;
import org.everbearer.config.IdentityKind;
import org.everbearer.config.Protocol;

/** One client: its parameters and, if that is asked for, a refresh. */
final class ClientCheck {
  private final Declared declared;
  private final ConfigReport report;
  private final Findings findings;

  ClientCheck(Declared declared, Findings findings) {
    this.declared = declared;
    this.report = ConfigReport.of(declared.source(Map.of()));
    this.findings = findings;
  }

  String name() {
    return declared.name();
  }

  ConfigReport report() {
    return report;
  }

  void parameters() {
    report.effective().forEach(findings::fact);
    report.problems().forEach(findings::problem);
    String objection = report.storeObjection();
    if (objection != null) findings.problem(objection);
    report.warnings().forEach(findings::warning);
    if (report.isPerRequest() && !declared.followsAsync()) {
      findings.warning("its tokens are those of each request's user, and the filter-mapping lacks"
          + " <dispatcher>ASYNC</dispatcher>: after an asynchronous dispatch there is no user, and calls fail; add it,"
          + " and <dispatcher>REQUEST</dispatcher> beside it");
    }
    report.openReferences().forEach(findings::open);
    if (report.problems().isEmpty() && objection == null) {
      findings.good("the parameters are right, as far as can be told without a refresh");
    }
  }

  /** Whether its tokens would be lost with this process. */
  boolean needsFile() {
    return refusal() == null && isRotating() && report.config().store().equals("memory");
  }

  /** @param file where the new pair goes if there is no store that keeps it, or null */
  void refresh(PairFile file) throws InterruptedException {
    String refusal = refusal();
    if (refusal != null) {
      if (isRefreshable() || !report.problems().isEmpty()) findings.problem("--refresh: " + refusal);
      else findings.fact("--refresh: " + refusal);
      return;
    }
    boolean toFile = needsFile();
    if (toFile && file == null) {
      findings.problem("--refresh: refused, because store=memory would lose the new refresh token with this process,"
          + " and the application would find the old one spent. Say --save-to FILE, or give the client a store:"
          + " file:PATH");
      return;
    }
    String objection = toFile ? file.objection() : null;
    if (objection != null) {
      findings.problem("--save-to: " + objection);
      return;
    }
    ClientConfig config = config(overrides(toFile ? file : null));
    if (isRotating()) {
      findings.notice("asking the token endpoint. This spends the refresh token; its successor goes to "
          + (toFile ? file : config.store()));
    } else {
      findings.notice("asking the token endpoint");
    }
    if (!config.store().equals("memory") && !toFile) {
      // A pair in this environment that is not the application's must not take the place of the one that lives.
      ClientConfig storedOnly = config(withoutFirstPair(overrides(null)));
      if (new TrialRefresh(storedOnly, null, findings).runWithWhatIsStored()) return;
      findings.fact("there are no live tokens in the store: the configured ones are used");
    }
    new TrialRefresh(config, toFile ? file : null, findings).run();
  }

  private ClientConfig config(Map<String, String> overrides) {
    return ConfigReport.of(declared.source(overrides)).config();
  }

  private static Map<String, String> withoutFirstPair(Map<String, String> overrides) {
    overrides.put("accessToken", "");
    overrides.put("refreshToken", "");
    return overrides;
  }

  /** What makes this one refresh safer than those of the application. */
  private Map<String, String> overrides(PairFile file) {
    Map<String, String> overrides = new LinkedHashMap<>();
    overrides.put("background", "false");
    if (!report.config().store().equals("memory")) overrides.put("onStoreFailure", "fail");
    if (file == null) return overrides;
    overrides.put("store", file.store());
    // A dotenv file is plain text, and the new keys are those that the file's reader expects.
    for (String none : new String[] {"encryptionKey", "encryptionKeysOld"}) overrides.put(none, "");
    return overrides;
  }

  private boolean isRotating() {
    return report.config().protocol() != Protocol.CLIENT_CREDENTIALS;
  }

  private boolean isRefreshable() {
    ClientConfig config = report.config();
    if (config == null || config.identity() == IdentityKind.SESSION) return config == null;
    return switch (config.protocol()) {
      case STATIC, RELAY, TOKEN_EXCHANGE -> false;
      default -> true;
    };
  }

  /** Why it is not done; null if nothing stands against it. */
  private String refusal() {
    if (!report.problems().isEmpty()) return "not done, because of the problems above";
    if (!report.openReferences().isEmpty()) return "cannot be done here, because of what is open above";
    if (isRefreshable()) return null;
    return report.config().protocol() == Protocol.STATIC ? "a static token is not refreshed"
        : "this client's tokens come with each user; there is none to refresh here";
  }
}
