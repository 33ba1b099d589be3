using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace IotTelemetry.Protocol.Tests;

/// <summary>Runs what SPECIFICATION.md says, so that the document and the library cannot drift apart.</summary>
public sealed class SpecificationTests
{
    private static Birth ExampleBirth => Birth.Decode(Encoding.UTF8.GetBytes(SpecificationDocument.Block("birth")));

    [Fact]
    public void The_birth_of_section_4_is_one()
    {
        Birth birth = ExampleBirth;
        Assert.Equal(["occupied", "voltage", "state"], birth.Points.Select(point => point.Name));
        Assert.Equal([6UL], birth.Header.Draining!);
        Assert.Equal(SpecificationDocument.Block("birth"), Encoding.UTF8.GetString(birth.Encode()));
    }

    [Fact]
    public void The_frame_of_section_5_says_what_is_written_below_it()
    {
        byte[] frame = FrameVector.ReadHex(SpecificationDocument.Block("frame"));
        FrameColumns columns = new();
        new FrameDecoder().Decode(frame, ExampleBirth, columns);
        Assert.Equal(SpecificationDocument.Block("json frame") + "\n", FrameVector.Describe(columns));
        Assert.Equal(SpecificationDocument.Block("frame") + "\n", ReferenceFrame.Read(frame, ExampleBirth).Dump);
    }

    [Fact]
    public void The_position_of_section_5_8_is_the_golden_one()
    {
        byte[] position = FrameVector.ReadHex(SpecificationDocument.Block("position"));
        Assert.Equal(PositionVector.Golden, position);
        Assert.Equal(SpecificationDocument.Block("position") + "\n", PositionVector.Explain(position));
    }

    [Fact]
    public void The_messages_of_sections_6_and_7_are_written_as_they_stand_there()
    {
        AssertWritten("json stored", text => StoredCursor.Decode(text).Encode());
        AssertWritten("json status", text => GatewayStatus.Decode(text).Encode());
        AssertWritten("json command", text => Command.Decode(text).Encode());
        AssertWritten("json result", text => CommandResult.Decode(text).Encode());
        AssertWritten("json result executed", text => CommandResult.Decode(text).Encode());
        AssertWritten("json lockouts", text => LockoutSet.Decode(text).Encode());

        static void AssertWritten(string block, Func<byte[], byte[]> recode)
        {
            string text = SpecificationDocument.Block(block);
            string written = Encoding.UTF8.GetString(recode(Encoding.UTF8.GetBytes(text)));
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(text), JsonNode.Parse(written)), written);
        }
    }

    [Fact]
    public void The_examples_show_every_field_and_the_text_names_it()
    {
        AssertFields(ProtocolJson.Default.StoredCursor, SpecificationDocument.Block("json stored"));
        AssertFields(ProtocolJson.Default.GatewayStatus, SpecificationDocument.Block("json status"));
        AssertFields(ProtocolJson.Default.Command, SpecificationDocument.Block("json command"));
        AssertFields(ProtocolJson.Default.CommandResult, SpecificationDocument.Block("json result"), SpecificationDocument.Block("json result executed"));
        AssertFields(ProtocolJson.Default.LockoutSet, SpecificationDocument.Block("json lockouts"));
        AssertFields(ProtocolJson.Default.AssetLockout, JsonNode.Parse(SpecificationDocument.Block("json lockouts"))!["lockouts"]![0]!.ToJsonString());
        AssertFields(ProtocolJson.Default.BirthLine, SpecificationDocument.Block("birth").Split('\n')[0]);
        AssertFields(ProtocolJson.Default.BirthModel, SpecificationDocument.Block("birth").Split('\n')[1]);
        foreach (JsonTypeInfo type in (JsonTypeInfo[])[ProtocolJson.Default.PointDefinition, ProtocolJson.Default.Asset,
            ProtocolJson.Default.AssetPosition, ProtocolJson.Default.ReportingRule, ProtocolJson.Default.ValueRange])
        {
            Assert.All(type.Properties, field => Assert.Contains($"`{field.Name}`", SpecificationDocument.Text, StringComparison.Ordinal));
        }

        static void AssertFields(JsonTypeInfo type, params string[] examples)
        {
            IEnumerable<string> fields = type.Properties.Where(field => field.Get is not null).Select(field => field.Name);
            Assert.Equal(fields.Order(), examples.SelectMany(example => JsonNode.Parse(example)!.AsObject()).Select(field => field.Key).Distinct().Order());
            Assert.All(fields, field => Assert.Contains($"`{field}`", SpecificationDocument.Text, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_names_of_section_2_are_valid_or_refused()
    {
        List<string[]> rows = SpecificationDocument.Table("name", "");
        Assert.True(rows.Count >= 10);
        Assert.All(rows, row => Assert.Equal(row[1] == "valid", NameRules.IsValid(row[0], out _)));
    }

    [Fact]
    public void The_partitions_of_section_3_are_right()
    {
        List<string[]> rows = SpecificationDocument.Table("site/gateway");
        Assert.True(rows.Count >= 5);
        Assert.All(rows, row =>
        {
            Assert.Equal(row[1], Crc32C.Compute(Encoding.UTF8.GetBytes(row[0])).ToString("x8", CultureInfo.InvariantCulture));
            Assert.True(GatewayId.TryParse(row[0], out GatewayId? id, out string? problem), problem);
            Assert.Equal(int.Parse(row[2], CultureInfo.InvariantCulture), id.Partition);
        });
    }

    [Fact]
    public void The_topics_of_section_3_are_all_there_are() =>
        Assert.Equal(Enum.GetValues<TopicKind>().Select(kind => GatewayTopics.FilterFor(kind).Split('/')[^1]), SpecificationDocument.Table("kind",
            "from").Select(row => row[0]));

    [Fact]
    public void The_limits_of_section_5_are_those_of_the_library() =>
        Assert.Equal(
            [FrameLimits.FrameBytes, FrameLimits.BodyBytes, FrameLimits.BodyRatio, FrameLimits.Readings, FrameLimits.Texts, FrameLimits.TextBytes,
                FrameLimits.DictionaryBytes],
            SpecificationDocument.Table("limit", "value").Select(row => int.Parse(row[1], CultureInfo.InvariantCulture)));

    [Fact]
    public void Every_list_of_the_specification_is_that_of_the_library()
    {
        AssertList(ProtocolJson.Default.PointType, Column(0, "type", "values"));
        AssertList(ProtocolJson.Default.ClockQuality, Column(1, "clock", "name"));
        AssertList(ProtocolJson.Default.CommandPhase, Column(0, "phase", ""));
        AssertList(ProtocolJson.Default.CommandState, Column(0, "state", "final"));
        AssertList(ProtocolJson.Default.CommandCode, Column(0, "code", "meaning"));
        AssertList(ProtocolJson.Default.RefusalReason, Column(0, "reason", "meaning"));
        Assert.Equal(Enum.GetNames<Quality>(), Column(1, "quality", "name"));
        Assert.Equal(Enum.GetValues<Quality>().Select(quality => $"{(byte)quality}"), Column(0, "quality", "name"));

        static IEnumerable<string> Column(int index, params string[] header) => SpecificationDocument.Table(header).Select(row => row[index]);

        static void AssertList<T>(JsonTypeInfo<T> type, IEnumerable<string> names)
            where T : struct, Enum =>
            Assert.Equal(Enum.GetValues<T>().Select(value => JsonSerializer.Serialize(value, type).Trim('"')), names);
    }

    [Fact]
    public void The_size_of_the_command_is_as_said() =>
        Assert.Contains($"the command below has {SpecificationDocument.Block("json command").Length} bytes", SpecificationDocument.Text,
            StringComparison.Ordinal);
}
