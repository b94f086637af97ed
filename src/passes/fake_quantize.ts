import {claimSites} from './lowering/claim_sites.js';
import {type Simulated, Simulation} from './lowering/simulation.js';
import type {Pass} from './pass.js';

/**
 * Round what lower-to-int8 would put on integers, and stay in float: weights, biases and activations
 * take the values of their grids, by stock ops that every tfjs backend has.
 */
export function fakeQuantize(simulated: Simulated): Pass<'fake-quantize'> {
  return {
    name: 'fake-quantize',
    summary: 'round in float what would be integers',
    preservesFunction: false,
    run(graph, context) {
      const lowering = claimSites(graph, context, 'simulated');
      const simulation = new Simulation(lowering, simulated);
      for (const site of lowering.claimed) site.simulate(simulation);
      simulation.finish();
    },
  };
}
