package org.everbearer.coordinator;

import java.time.Duration;
import java.util.function.Consumer;

/** How many of each kind the choices may still spend. */
final class ModelFaults {
  static final ModelFaults NONE = new ModelFaults();
  int losses;
  int crashes;
  int pauses;
  int slowCalls;
  int gatewayTimeouts;
  int meddles;
  String meddlesHow;
  Consumer<ModelCluster> meddling;
  /** How long each operation of the store takes; null for no time at all. */
  Duration slowStore;
  Duration slowCall;
  String pausePoint = "";

  ModelFaults losses(int n) {
    losses = n;
    return this;
  }

  ModelFaults crashes(int n) {
    crashes = n;
    return this;
  }

  ModelFaults slowCalls(int n, Duration length) {
    slowCalls = n;
    slowCall = length;
    return this;
  }

  /** @param point where a node may stand still; empty for everywhere */
  ModelFaults pauses(int n, String point) {
    pauses = n;
    pausePoint = point;
    return this;
  }

  /** The reply that the server never saw the request for, beside the reply that is lost. */
  ModelFaults gatewayTimeouts(int n) {
    gatewayTimeouts = n;
    return this;
  }

  ModelFaults slowStore(Duration operation) {
    slowStore = operation;
    return this;
  }

  /** What somebody else does, at any point. */
  ModelFaults meddling(int n, String how, Consumer<ModelCluster> what) {
    meddles = n;
    meddlesHow = how;
    meddling = what;
    return this;
  }

  void end() {
    losses(0).crashes(0).pauses(0, "").slowCalls(0, slowCall).gatewayTimeouts(0).slowStore(null).meddles = 0;
  }
}
