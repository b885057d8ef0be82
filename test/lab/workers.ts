/** How many files of lab tests run at a time, each on a lab of its own: most of their time they wait for hosts. */
export const labWorkers = 2;
