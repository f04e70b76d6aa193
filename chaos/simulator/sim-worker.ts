/**
 * A process that runs simulations: told of a seed, it tells what came of it. See worker-pool.ts.
 */
import { Simulation } from "./simulation.ts";
import type { SimulationOptions } from "./simulation.ts";

process.on("message", (options: SimulationOptions) => {
  void new Simulation(options).run().then((result) => process.send?.(result));
});
// Whoever asked is gone.
process.on("disconnect", () => process.exit());
