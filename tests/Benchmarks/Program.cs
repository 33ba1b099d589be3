using System.CommandLine;
using System.Text.Json;
using IotTelemetry.Benchmarks;
using IotTelemetry.Benchmarks.Assets;
using IotTelemetry.Benchmarks.ClickHouse;
using IotTelemetry.Benchmarks.Commands;
using IotTelemetry.Benchmarks.Door;
using IotTelemetry.Benchmarks.Edge;
using IotTelemetry.Benchmarks.Ingest;
using IotTelemetry.Benchmarks.Micro;
using IotTelemetry.Benchmarks.Mqtt;
using IotTelemetry.Benchmarks.Protocol;
using IotTelemetry.Benchmarks.Storage;

ISuite[] suites = [new MqttSuite(), new ClickHouseSuite(), new ProtocolSuite(), new IngestSuite(), new AssetsSuite(), new EdgeSuite(), new StorageSuite(), new CommandsSuite(), new DoorSuite(), new MicroSuite()];

var names = new Argument<string[]>("name") { Description = "suites to run; all when none is named", Arity = ArgumentArity.ZeroOrMore };
names.AcceptOnlyFromAmong([.. suites.Select(s => s.Name)]);
var json = new Option<FileInfo?>("--json") { Description = "write the figures as a JSON array" };
var root = new RootCommand("Benchmarks of IotTelemetry. Figures of one run compare with each other; machines differ.") { names, json };
root.SetAction(async (arguments, cancellationToken) =>
{
    var wanted = arguments.GetValue(names) is { Length: > 0 } some ? suites.Where(s => some.Contains(s.Name)) : suites;
    var all = new List<Figure>();
    foreach (var suite in wanted)
    {
        var figures = new List<Figure>();
        await foreach (var figure in suite.RunAsync(cancellationToken))
        {
            Console.Error.WriteLine($"{suite.Name}: {figure.Work}: {figure.Value:G4} {figure.Unit}");
            figures.Add(figure);
        }

        FigureTable.Print(suite.Name, figures);
        all.AddRange(figures);
    }

    if (arguments.GetValue(json) is { } file)
    {
        await File.WriteAllTextAsync(file.FullName, JsonSerializer.Serialize(all, FigureJson.Options), cancellationToken);
    }

    return 0;
});
return await root.Parse(args).InvokeAsync();
