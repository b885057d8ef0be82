// The controllers of trials are started thousands of times, as users start the program: in a few files.
import program from '../../rolldown.config.js';

export default {
  ...program,
  input: 'test/faults/dist/test/faults/controller.js',
  // As deep as dist/program: from there it finds the programs of the lab.
  output: { ...program.output, dir: 'test/faults/dist/src/program' },
};
