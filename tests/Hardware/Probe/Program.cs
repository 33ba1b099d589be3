using System.Text.Json;
using IotTelemetry.Hardware.Detection;
using IotTelemetry.Hardware.Probe;
using IotTelemetry.Hardware.Sensors;
using IotTelemetry.Hardware.Sensors.Configuration;

// probe CONFIG: runs a board in the test machine and speaks with the test over standard input and output, line by line.
if (args[0] == "detect")
{
    Console.Out.Write(StartingConfiguration.Write(Inventory.Read(), "probe"));
    return 0;
}

using var document = JsonDocument.Parse(File.ReadAllText(args[0]), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
if (args is [_, "safe"])
{
    var failures = SafeOutputs.Apply(LinuxBoardParser.Parse(document.RootElement, "board", "/var/iot-edge"));
    Console.Out.WriteLine(string.Join('\n', failures));
    return failures.Count;
}

var options = LinuxBoardParser.Parse(document.RootElement, "board", "/var/iot-edge");
var conversation = new Conversation(Console.In, Console.Out);
await using var board = new LinuxBoard(options, TimeProvider.System, conversation);
conversation.Say("ready");
await conversation.RunAsync(board);
return 0;
