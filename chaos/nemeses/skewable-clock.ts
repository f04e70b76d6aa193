/**
 * Loaded first by every process of a drill's cluster: at SIGUSR2 its clock jumps back, and at the
 * next one it is right again. What merely passes is not touched, as with a machine whose clock
 * somebody sets.
 */

/** Longer than a frame of commands may be on its way. */
const skewMs = 15_000;
const { timeOrigin } = performance;
const machineNow = Date.now.bind(Date);
let offsetMs = 0;

Object.defineProperty(performance, "timeOrigin", { get: () => timeOrigin + offsetMs });
Date.now = () => machineNow() + offsetMs;
process.on("SIGUSR2", () => {
  offsetMs = offsetMs === 0 ? -skewMs : 0;
});
