package org.everbearer.httpclient5;

/** The conformance suite through the classic HttpClient. */
class ClassicConformanceTest
    implements AttachContract, AcceptanceContract, RejectionContract, ReplacementContract, RedirectContract,
        ChainContract, WaitContract, BrokenSourceContract, RefusalContract {
  @Override
  public TestClient client(Setup setup) throws Exception {
    return new ClassicTestClient(setup);
  }
}
