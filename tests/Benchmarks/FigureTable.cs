using System.Globalization;
using Spectre.Console;

namespace IotTelemetry.Benchmarks;

/// <summary>Shows figures to a person: work, figure, goal, peer, ratio. A missed goal is shown as missed.</summary>
internal static class FigureTable
{
    private const int WidthOfAFile = 200;

    public static void Print(string suite, IReadOnlyList<Figure> figures)
    {
        var table = new Table().Title(suite).Border(TableBorder.Simple)
            .AddColumn("work").AddColumn(new TableColumn("figure").RightAligned()).AddColumn("unit")
            .AddColumn(new TableColumn("goal").RightAligned()).AddColumn("").AddColumn("peer")
            .AddColumn(new TableColumn("peer's figure").RightAligned()).AddColumn(new TableColumn("ratio").RightAligned());
        foreach (var figure in figures)
        {
            var verdict = figure.Reached switch { null => "", true => "[green]reached[/]", false => "[red]missed[/]" };
            var bound = figure.Better == Better.Higher ? ">= " : "<= ";
            table.AddRow(
                Markup.Escape(figure.Work),
                Number(figure.Value),
                Markup.Escape(figure.Unit),
                figure.Goal is { } goal ? bound + Number(goal) : "",
                verdict,
                Markup.Escape(figure.Peer ?? ""),
                figure.PeerValue is { } peer ? Number(peer) : "",
                figure.Ratio is { } ratio ? ratio.ToString("0.00", CultureInfo.InvariantCulture) : "");
        }

        Output().Write(table);
    }

    // A file has no width and no colours.
    private static IAnsiConsole Output()
    {
        if (!Console.IsOutputRedirected)
        {
            return AnsiConsole.Console;
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = WidthOfAFile;
        return console;
    }

    private static string Number(double value)
    {
        var format = Math.Abs(value) >= 100 ? "#,0" : "0.##";
        return value.ToString(format, CultureInfo.InvariantCulture);
    }
}
