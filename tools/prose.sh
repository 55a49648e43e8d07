#!/usr/bin/env bash
# prose.sh [path…]: checks the text of all files in git, or of the files below these paths, against
# docs/STYLE.md. Prose (Markdown and comment lines) wraps at 100 columns, code at 120, and no
# sentence opens with "Whoever", "Who", "What", "Which" or "One that" unless it is a question. The
# script prints file:line for each finding and then the remedies, changes nothing, and exits
# non-zero when it finds something.
set -euo pipefail
# shellcheck source=tools/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$root"

# The migrations that databases have already applied are left out: sqlx compares their checksums, so
# not even a comment in them can change. Files of other types, such as JSON and SVG, have no
# comments.
git ls-files -z --cached --others --exclude-standard --deduplicate -- "$@" | perl -CSD -0 -ne '
  use strict;
  use utf8;
  our ($findings, $code_width, $prose_width) = ($findings // 0, 120, 100);
  our %remedies;
  our $file = $_;
  chomp $file;
  next if $file =~ m{^migrations/000[1-7]_} || -l $file || !-f $file;
  open(my $handle, "<:encoding(UTF-8)", $file) or die "$file: $!\n";
  my $text = do { local $/; <$handle> };

  sub report {
    my ($line, $what, $remedy) = @_;
    print "$file:$line: $what\n";
    $remedies{$remedy} = 1;
    $findings++;
  }

  # A line of code that is one string literal stays whole, so that a search for the text finds it. A
  # word that is too long for a line of its own, such as a URL, cannot be broken.
  sub is_unbreakable {
    my ($line, $limit) = @_;
    return 1 if $line =~ /^\s*(?:\w+(?:: | = ))?(["`])(?:\\.|(?!\1)[^\\])*\1[,;)]*$/;
    my ($lead) = $line =~ m{^(\s*(?:[/!#*-]+\s)?)};
    my ($longest) = sort { $b <=> $a } map { length } split /\s+/, $line;
    return length($lead) + $longest > $limit;
  }

  my ($markdown, $rust) = (scalar $file =~ /\.md$/, scalar $file =~ /\.rs$/);
  my $comment =
      $file =~ /\.(rs|ts|js|mjs|cjs)$/ ? qr{^\s*(//[/!]?|/\*+|\*(?=\s|$))\s?(.*?)(?:\s*\*/)?$}
    : $file =~ /\.css$/ ? qr{^\s*(/\*+|\*(?=\s|$))\s?(.*?)(?:\s*\*/)?$}
    : $file =~ /\.(sql|lua)$/ ? qr{^\s*(--)\s?(.*)$}
    : $file =~ m{\.(sh|toml|ya?ml|example|gitignore)$|(^|/)(Makefile|run)$} ? qr{^\s*(#+)(?![!A-Z])\s?(.*)$}
    : $markdown ? undef : next;

  # A line inside a raw string is code, even when it looks like a comment.
  my %in_string;
  if ($rust && $text =~ /\br#*"/) {
    while ($text =~ m{//[^\n]*|/\*.*?\*/|\br(#*)"(.*?)"\1|"(?:\\.|[^"\\])*"|\x27(?:\\[^\x27]+|[^\\\x27])\x27}gs) {
      next unless defined $2;
      my $first = 1 + (substr($text, 0, $-[2]) =~ tr/\n//);
      $in_string{$_} = 1 for $first + 1 .. $first + ($2 =~ tr/\n//);
    }
  }

  # Sentences are read across lines. A paragraph ends at a blank line, a list item, a heading or
  # code.
  my ($paragraph, @starts) = ("");
  my $check_openings = sub {
    while ($paragraph =~ /(?:^|[.!?] )(Whoever|Who|What|Which|One that)\b(?!\x27)([^.?!]|[.?!](?=\S))*([.?!]|$)/g) {
      my ($word, $end, $at) = ($1, $3, $-[1]);
      pos($paragraph) -= length $end;
      next if $end eq "?";
      my ($line) = map { $_->[1] } grep { $_->[0] <= $at } reverse @starts;
      report($line, "a sentence opens with \"$word\"", "Give the sentence a subject: say who or what acts.");
    }
    ($paragraph, @starts) = ("");
  };

  my ($number, $fenced, $kind) = (0, 0, "");
  for my $line (split /\n/, $text) {
    $number++;
    my ($marker, $prose) = $markdown ? ("", $line) : !$in_string{$number} && $line =~ $comment ? ($1, $2) : ();
    my $is_prose = defined $prose;
    if (!$is_prose || $marker ne $kind) { $check_openings->(); $fenced = 0 }
    $kind = $marker // "";
    if ($is_prose && $prose =~ /^\s*(```|~~~)/) { $check_openings->(); $fenced = !$fenced; next }
    my $is_table = $is_prose && $prose =~ /^\s*(\||<\w|\[[^\]]+\]:)/;
    next if $markdown && ($fenced || $is_table);

    my $limit = $is_prose && !$fenced && !$is_table ? $prose_width : $code_width;
    if (length $line > $limit && !is_unbreakable($line, $limit)) {
      my $remedy = $is_prose ? "Wrap prose at $prose_width columns." : "Wrap code at $code_width columns.";
      report($number, sprintf("%d columns", length $line), $remedy);
    }

    next unless $is_prose && !$fenced;
    if ($is_table || $prose =~ /^\s*(#{1,6} |$)/) { $check_openings->(); next }
    $check_openings->() if $prose =~ s/^\s*(?:[-*+]|\d+[.)])\s+//;
    $prose =~ s/^\s+|\s+$//g;
    push @starts, [length($paragraph) && length($paragraph) + 1, $number];
    $paragraph .= ($paragraph eq "" ? "" : " ") . $prose;
  }
  $check_openings->();

  END {
    if ($findings) {
      print "$findings findings. ", join(" ", sort keys %remedies), " See docs/STYLE.md.\n";
      $? = 1;
    }
  }'
