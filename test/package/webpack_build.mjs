/**
 * argv: JSON of webpack's configurations. Builds them and prints its errors and warnings as a JSON list of strings.
 */
import webpack from 'webpack';

webpack(JSON.parse(process.argv[2]), (error, stats) => {
  if (error) throw error;
  const {children} = stats.toJson({all: false, errors: true, warnings: true});
  const problems = children.flatMap(({errors, warnings}) => [...errors, ...warnings]);
  console.log(JSON.stringify(problems.map(({message}) => message)));
});
